import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { repositoryRoot } from './paths.js';

/** Where each folder of the public data comes from: a repository on GitHub at a revision; paths in it are the same. */
const SOURCES: Readonly<Record<string, string>> = {
  banking77: 'PolyAI-LDN/task-specific-datasets at 57ec275d8078',
  convai2: 'DeepPavlov/convai at 54d921f99606',
  gsm8k: 'openai/grade-school-math at 3101c7d50724',
  llm_adapters: 'AGI-Edgerunners/LLM-Adapters at 816657208af4',
  mt_bench: 'lm-sys/FastChat at 0e6d3e4beaab',
  paraphrase:
    'lm-sys/llm-decontaminator at 931834a (data/rephrase, with the line of the test question)',
  flywheel: 'NVIDIA-AI-Blueprints/data-flywheel at 419e2cc9e511',
  presidio: 'microsoft/presidio-research at 7622dec1e5f7',
  taskmaster: 'google-research-datasets/Taskmaster at d92cb6af3005',
  tensorzero: 'tensorzero/tensorzero at 7a6159a4348f',
};

/**
 * The path of a file of the public data beside the checkout. Where it is absent the test is skipped, saying
 * where the file comes from and where to put it, and this is `null`.
 */
export function publicData(t: TestContext, path: string): string | null {
  const full = join(repositoryRoot, '..', 'shared', 'data', path);
  if (existsSync(full)) return full;
  t.skip(`needs ${originOf(path)}, at ../shared/data/${path} beside the checkout`);
  return null;
}

/** `llm_adapters/dataset/x.json` is `dataset/x.json of github.com/AGI-Edgerunners/LLM-Adapters at …`. */
function originOf(path: string): string {
  const [folder = '', ...rest] = path.split('/');
  const source = SOURCES[folder];
  if (source === undefined) throw new Error(`no source is known of the public data in ${folder}`);
  return `${rest.join('/')} of github.com/${source}`;
}
