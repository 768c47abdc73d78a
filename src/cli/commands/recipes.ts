import { resolve } from 'node:path';
import { AppError } from '#shared/app-error.ts';
import { recipesDocumentSchema } from '#shared/documents.ts';
import { recipeJsonSchema } from '#shared/recipe-json-schema.ts';
import type { PassDescriptor, Preset, SavedRecipe } from '#shared/recipe.ts';
import { rankRecipes } from '#shared/suitability/suit-recipe.ts';
import type { Suitability, SuitabilityFacts } from '#shared/suitability/suitability.ts';
import { suitabilityTitles } from '#shared/text/suitability-text.ts';
import type { WorkbenchClient } from '#workbench/local-client.ts';
import type { AddCommand } from '../command-context.ts';
import { findVariant } from '../find-variant.ts';
import { printJson } from '../print-json.ts';
import { createProgress } from '../progress.ts';
import { readRecipeFile } from '../read-recipe.ts';
import { textPlace, wrapText } from '../text-table.ts';

type ListOptions = { model?: string; data?: string; schema?: boolean };
type SaveOptions = { name?: string; replace?: boolean };

export const addRecipes: AddCommand = (program, run) => {
  const recipes = program
    .command('recipes')
    .argument('[name]', 'a preset, a pass or a saved recipe')
    .option('--model <model>', 'say which recipes suit this model, the best first')
    .option('--data <dataset>', 'with --model: the data that it would be calibrated with')
    .option('--schema', 'the JSON Schema of recipe files')
    .description(
      'the presets, passes and saved recipes, which of them suit this device, and what each is good for; or one of them, as a recipe to edit',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  whittle recipes\n  whittle recipes --model model.onnx\n  whittle recipes quantize-dynamic\n  whittle recipes half-precision --json > my-recipe.json\n  whittle recipes save my-recipe.json --name "for the camera"\n  whittle recipes --schema > recipe.schema.json',
    )
    .action((name: string | undefined, options: ListOptions, command) =>
      run(command, async ({ client, context, isJson }) => {
        const { stdout } = context;
        const catalog = await client.recipes.catalog();
        if (options.schema) {
          stdout.write(`${JSON.stringify(recipeJsonSchema(catalog.passes), null, 2)}\n`);
          return;
        }
        if (name !== undefined) {
          stdout.write(await oneRecipe(client, name, { catalog, isJson, ...textPlace(stdout) }));
          return;
        }
        const progress = createProgress(context.stderr);
        progress.report(null, 'Looking at what suits this device');
        const facts = await readFacts(client, options, context.interrupted).finally(() => progress.clear());
        const presets = rankRecipes(catalog.presets, facts);
        const saved = rankRecipes(await client.recipes.list(), facts);
        if (isJson) printJson(stdout, recipesDocumentSchema, { schema: 1, passes: catalog.passes, presets, saved });
        else
          stdout.write(
            catalogText({
              presets,
              passes: catalog.passes,
              saved,
              isForModel: facts.model !== null,
              ...textPlace(stdout),
            }),
          );
      }),
    );

  recipes
    .command('save')
    .argument('<file>', 'a recipe file')
    .option('--name <name>', 'the name to keep it under (default: that in the file)')
    .option('--replace', 'put it in the place of a saved recipe of that name')
    .description('keeps a recipe in the library, so that compress --recipe finds it by its name')
    .action((file: string, options: SaveOptions, command) =>
      run(command, async ({ client, context, isJson }) => {
        const recipe = readRecipeFile(resolve(file));
        const saved = await client.recipes.save({
          recipe: options.name === undefined ? recipe : { ...recipe, name: options.name },
          replace: options.replace ?? false,
        });
        if (isJson) context.stdout.write(`${JSON.stringify({ schema: 1, saved }, null, 2)}\n`);
        else context.stdout.write(`The recipe is kept as “${saved.name}”.\n`);
      }),
    );

  recipes
    .command('remove')
    .argument('<name>', 'a saved recipe')
    .description('takes a saved recipe out of the library; variants made by it stay')
    .action((name: string, _options, command) =>
      run(command, async ({ client, context, isJson }) => {
        const saved = await findSaved(client, name);
        if (saved === undefined) {
          throw new AppError('wrong-usage', `There is no saved recipe “${name}”. “whittle recipes” lists them.`);
        }
        const { removedId } = await client.recipes.remove({ id: saved.id });
        if (isJson) context.stdout.write(`${JSON.stringify({ schema: 1, removedId }, null, 2)}\n`);
        else context.stdout.write(`The saved recipe “${saved.name}” was removed.\n`);
      }),
    );
};

type Catalog = { passes: readonly PassDescriptor[]; presets: readonly Preset[] };

async function findSaved(client: WorkbenchClient, name: string): Promise<SavedRecipe | undefined> {
  return (await client.recipes.list()).find((saved) => saved.name.toLowerCase() === name.toLowerCase());
}

/** With `isJson` a recipe file, as “compress --recipe” takes it. Errors: `wrong-usage` for a name that means nothing. */
async function oneRecipe(
  client: WorkbenchClient,
  name: string,
  { catalog, isJson, width }: { catalog: Catalog; isJson: boolean; width: number },
): Promise<string> {
  const preset = catalog.presets.find(({ id }) => id === name);
  const pass = catalog.passes.find((descriptor) => descriptor.pass === name);
  const saved = preset || pass ? undefined : await findSaved(client, name);
  if (!preset && !pass && !saved) {
    const names = [
      ...catalog.presets.map(({ id }) => id),
      ...catalog.passes.map((item) => item.pass),
      ...(await client.recipes.list()).map((item) => item.name),
    ];
    throw new AppError('wrong-usage', `There is no preset or pass “${name}”; there are ${names.join(', ')}.`);
  }
  const recipe = await client.recipes.validate({
    recipe: preset?.recipe ?? saved?.recipe ?? { version: 1, name, passes: [{ pass: name, settings: {} }] },
  });
  const json = `${JSON.stringify(recipe, null, 2)}\n`;
  if (isJson) return json;
  return `${preset ? `${preset.title}\n${aboutText(preset, width)}` : ''}${pass ? passText(pass, width) : ''}\n${json}`;
}

/** Providers are tried only for a model: it takes a while. */
async function readFacts(
  client: WorkbenchClient,
  options: ListOptions,
  signal: AbortSignal,
): Promise<SuitabilityFacts> {
  const { cpu } = await client.devices.current({}, { signal });
  if (options.model === undefined) return { cpu, usableProviders: null, model: null, hasData: null };
  const variant = await findVariant(client, options.model, signal);
  const model = await client.models.get({ id: variant.modelId });
  const providers = await client.devices.providers({}, { signal });
  return {
    cpu,
    usableProviders: providers.filter(({ status }) => status === 'usable').map(({ id }) => id),
    model: variant.inspection,
    hasData: options.data !== undefined || model.datasetId !== null,
  };
}

type Ranked<Item> = Item & { suitability: Suitability };

function catalogText(about: {
  presets: readonly Ranked<Preset>[];
  saved: readonly Ranked<SavedRecipe>[];
  passes: readonly PassDescriptor[];
  isForModel: boolean;
  width: number;
}): string {
  const { presets, saved, passes, isForModel, width } = about;
  return [
    isForModel
      ? 'Presets, the best for this model on this device first\n\n'
      : 'Presets, the best for this device first\n\n',
    ...presets.map(
      (preset) =>
        wrapText(`${preset.id}: ${preset.title}`, width) + suitabilityText(preset, width) + aboutText(preset, width),
    ),
    ...(saved.length === 0 ? [] : ['\nSaved recipes\n\n']),
    ...saved.map((recipe) => `${recipe.name}: ${passNames(recipe)}\n${suitabilityText(recipe, width)}`),
    '\nPasses\n\n',
    ...passes.map((pass) => wrapText(`${pass.pass}: ${pass.title}`, width) + aboutText(pass, width)),
  ].join('');
}

function passNames({ recipe }: SavedRecipe): string {
  return recipe.passes.map(({ pass }) => pass).join(', then ');
}

function suitabilityText({ suitability: { level, reason } }: Ranked<unknown>, width: number): string {
  return wrapText(`${suitabilityTitles[level]}: ${reason}`, width, '  ');
}

function aboutText({ summary, goodFor }: { summary: string; goodFor: string }, width: number): string {
  return wrapText(summary, width, '  ') + wrapText(`Good for: ${goodFor}`, width, '  ');
}

/** The part of JSON Schema that settings use. */
type SettingSchema = {
  default?: unknown;
  description?: string;
  enum?: readonly unknown[];
  anyOf?: readonly SettingSchema[];
  const?: unknown;
  items?: SettingSchema;
  type?: string;
  minimum?: number;
  maximum?: number;
};

function passText(pass: PassDescriptor, width: number): string {
  const properties = (pass.settingsSchema['properties'] ?? {}) as Record<string, SettingSchema>;
  const settings = Object.entries(properties).map(
    ([name, property]) =>
      wrapText(`${name}  ${allowedText(property)}  (default: ${defaultText(property)})`, width) +
      wrapText(property.description ?? '', width, '    '),
  );
  return `${pass.title}\n${aboutText(pass, width)}\n${settings.length === 0 ? 'It has no settings.\n' : settings.join('')}`;
}

function defaultText({ default: value }: SettingSchema): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(', ');
  if (value === null || value === undefined) return 'chosen for you';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function allowedText(schema: SettingSchema): string {
  const { enum: values, anyOf, items, minimum, maximum, type } = schema;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (values) return values.join(', ');
  if (anyOf) return anyOf.map(allowedText).join(', ');
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (items?.enum) return `some of ${items.enum.join(', ')}`;
  return type === 'array' ? 'a list' : (type ?? '');
}
