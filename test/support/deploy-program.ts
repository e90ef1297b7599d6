import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A program that puts models up at a host of `deployed-host.ts`: `deploy-program.js up MODEL`, and `down MODEL NAME`. Each
 * start leaves a line in `deploy-starts` of the folder that it begins in, and `deploy-mode` there says how it is to go wrong,
 * or that it is to wait until it says something else.
 */
const [kind = '', model = '', name = ''] = process.argv.slice(2);
const variable = (key: string): string => process.env[key] ?? '';
const modeNow = (): string =>
  existsSync('deploy-mode') ? readFileSync('deploy-mode', 'utf8').trim() : '';
appendFileSync('deploy-starts', `${kind} ${model} ${process.pid}\n`);

while (modeNow() === `wait-${kind}`) await new Promise((resolve) => setTimeout(resolve, 20));
const deployments = `${variable('HOLDFAST_BASE_URL')}/deployments`;
if (kind === 'up') {
  const response = await fetch(deployments, {
    method: 'POST',
    body: JSON.stringify({ model: variable('HOLDFAST_MODEL') }),
  });
  const told = (await response.json()) as { readonly name: string };
  writeFileSync(join(variable('HOLDFAST_FOLDER'), 'model'), `${told.name}\n`);
} else {
  await fetch(`${deployments}/${encodeURIComponent(name)}`, { method: 'DELETE' });
}
if (modeNow() === `fail-${kind}`) {
  process.stdout.write(`a text that nobody is to be told: ${variable('HOLDFAST_API_KEY')}\n`);
  process.exit(3);
}
