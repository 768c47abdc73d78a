import { AppError } from '#shared/app-error.ts';
import { recipesDocumentSchema } from '#shared/documents.ts';
import type { PassDescriptor, Preset } from '#shared/recipe.ts';
import type { AddCommand } from '../command-context.ts';
import { printJson } from '../print-json.ts';
import { textTable, wrapText } from '../text-table.ts';

export const addRecipes: AddCommand = (program, run) => {
  program
    .command('recipes')
    .argument('[name]', 'a preset or a pass')
    .description(
      'the presets and passes with their settings and what each is good for; or one of them, as a recipe to edit',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  whittle recipes\n  whittle recipes quantize-dynamic\n  whittle recipes half-precision --json > my-recipe.json',
    )
    .action((name: string | undefined, _options, command) =>
      run(command, async ({ client, context, isJson }) => {
        const { stdout } = context;
        const catalog = await client.recipes.catalog();
        if (name === undefined) {
          if (isJson) printJson(stdout, recipesDocumentSchema, { schema: 1, ...catalog });
          else stdout.write(catalogText(catalog));
          return;
        }
        const preset = catalog.presets.find(({ id }) => id === name);
        const pass = catalog.passes.find((descriptor) => descriptor.pass === name);
        if (!preset && !pass) {
          const names = [...catalog.presets.map(({ id }) => id), ...catalog.passes.map((item) => item.pass)];
          throw new AppError('wrong-usage', `There is no preset or pass “${name}”; there are ${names.join(', ')}.`);
        }
        const recipe = await client.recipes.validate({
          recipe: preset?.recipe ?? { version: 1, name, passes: [{ pass: name, settings: {} }] },
        });
        // A recipe file, as “compress --recipe” takes it.
        if (isJson) stdout.write(`${JSON.stringify(recipe, null, 2)}\n`);
        else
          stdout.write(
            (preset ? presetText(preset) : '') +
              (pass ? passText(pass) : '') +
              `\n${JSON.stringify(recipe, null, 2)}\n`,
          );
      }),
    );
};

const WIDTH = 100;

function catalogText({ presets, passes }: { presets: readonly Preset[]; passes: readonly PassDescriptor[] }): string {
  return [
    'Presets\n\n',
    ...presets.map((preset) => `${preset.id}: ${preset.title}\n${about(preset)}`),
    '\nPasses\n\n',
    ...passes.map((pass) => `${pass.pass}: ${pass.title}\n${about(pass)}`),
  ].join('');
}

function about({ summary, goodFor }: { summary: string; goodFor: string }): string {
  return wrapText(summary, WIDTH, '  ') + wrapText(`Good for: ${goodFor}`, WIDTH, '  ');
}

function presetText(preset: Preset): string {
  return `${preset.title}\n${about(preset)}`;
}

/** The part of JSON Schema that settings use. */
type SettingSchema = {
  default?: unknown;
  description?: string;
  enum?: readonly string[];
  type?: string;
  minimum?: number;
  maximum?: number;
};

function passText(pass: PassDescriptor): string {
  const properties = (pass.settingsSchema['properties'] ?? {}) as Record<string, SettingSchema>;
  const rows = Object.entries(properties).map(([name, property]) => [
    name,
    JSON.stringify(property.default ?? null),
    allowedText(property),
    property.description ?? '',
  ]);
  const columns = [{ title: 'Setting' }, { title: 'Default' }, { title: 'Allowed' }, { title: 'What it does' }];
  return `${pass.title}\n${about(pass)}\n${rows.length === 0 ? 'It has no settings.\n' : textTable(columns, rows)}`;
}

function allowedText({ enum: values, minimum, maximum, type }: SettingSchema): string {
  if (values) return values.join(', ');
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  return type ?? '';
}
