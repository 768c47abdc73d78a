import { EmptyState as Layout } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Nothing to show yet: why, and what to do about it as `children`. */
export function EmptyState(props: { title: string; description: ReactNode; icon?: Icon; children?: ReactNode }) {
  const { title, description, icon: Glyph, children } = props;
  return (
    <Layout
      title={title}
      description={description}
      icon={Glyph ? <Glyph size={32} stroke={1.25} aria-hidden /> : undefined}
      size="sm"
      py="xl"
    >
      {children === undefined ? null : <Layout.Actions>{children}</Layout.Actions>}
    </Layout>
  );
}
