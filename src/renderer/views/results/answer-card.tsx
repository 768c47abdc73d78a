import { List, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { type Answer, QUESTION } from '#shared/answer/answer.ts';
import classes from './answer-card.module.css';

/** The question that every experiment is about, and its answer for each batch size. */
export function AnswerCard({ answers }: { answers: readonly Answer[] }) {
  return (
    <Paper withBorder component="section" aria-label="Answer" className={classes['card'] ?? ''}>
      <Text c="dimmed" fs="italic">
        {QUESTION}
      </Text>
      <Stack gap="md">
        {answers.map((answer) => (
          <div key={answer.batchSize}>
            {answers.length > 1 ? (
              <Text c="dimmed" size="xs">
                At batch {answer.batchSize}
              </Text>
            ) : null}
            <Title order={2} className={classes['headline'] ?? ''}>
              {answer.headline}
            </Title>
            <Sentences sentences={answer.evidence} />
            {answer.caveats.length > 0 ? (
              <div className={classes['caveats']}>
                <IconAlertTriangle size={16} aria-label="But" />
                <div>
                  {answer.caveats.map((caveat) => (
                    <Text key={caveat}>{caveat}</Text>
                  ))}
                </div>
              </div>
            ) : null}
          </div>
        ))}
      </Stack>
    </Paper>
  );
}

function Sentences({ sentences }: { sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <List size="sm" className={classes['evidence'] ?? ''}>
      {sentences.map((sentence) => (
        <List.Item key={sentence}>{sentence}</List.Item>
      ))}
    </List>
  );
}
