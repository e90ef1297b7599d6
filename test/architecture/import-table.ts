/** What the files of some folders may import beside their own folder. */
export interface ImportRule {
  readonly folders: readonly string[];
  /** Folders, files and names of groups. */
  readonly imports: readonly string[];
  /** Modules of Node and npm: `none`, `any`, or their names. */
  readonly packages: readonly string[];
}

/** Folders and files that are allowed together. */
export const groups: Readonly<Record<string, readonly string[]>> = {
  pure: ['src/text', 'src/dedup', 'src/contamination', 'src/split', 'src/gate'],
  steps: ['src/ingest', 'src/select', 'src/release', 'src/lineage', 'src/evals', 'src/promotion'],
  adapters: ['src/storage', 'src/formats', 'src/connectors', 'src/providers'],
  store: ['src/storage/object-store.ts', 'src/storage/objects.ts'],
  worker: ['src/logging.ts', 'src/temporal-control.ts', 'src/worker.ts'],
};

const PROGRAM = ['src/domain', 'pure', 'steps', 'adapters', 'src/config', 'activities'];

/**
 * Who may import whom; the table of ARCHITECTURE.md says the same.
 * A file belongs to the longest of these folders that holds it; `src` itself is the worker.
 */
export const importTable: readonly ImportRule[] = [
  { folders: ['src/domain'], imports: [], packages: ['none'] },
  {
    folders: groups['pure'] ?? [],
    imports: ['src/domain', 'pure'],
    packages: ['node:crypto'],
  },
  {
    folders: groups['steps'] ?? [],
    imports: [
      'src/domain',
      'pure',
      'src/personal-data',
      'store',
      'src/connectors/connector.ts',
      'src/formats',
    ],
    packages: ['node:crypto', 'zod', 'eld'],
  },
  {
    folders: ['src/personal-data'],
    imports: ['src/domain'],
    packages: ['node:crypto', 'libphonenumber-js'],
  },
  {
    folders: ['src/storage'],
    imports: ['src/domain', 'src/formats/shard.ts', 'src/formats/encoded-rows.ts'],
    packages: ['any'],
  },
  {
    folders: ['src/connectors'],
    imports: [
      'src/domain',
      'store',
      'src/storage/log-bucket.ts',
      'src/storage/open-log-bucket.ts',
      'src/storage/bucket-address.ts',
      'src/formats',
    ],
    packages: ['any'],
  },
  {
    folders: ['src/formats', 'src/providers'],
    imports: ['src/domain'],
    packages: ['any'],
  },
  {
    folders: ['src/config'],
    imports: ['src/domain', 'src/personal-data/numbering-plans.ts'],
    packages: ['any'],
  },
  {
    folders: ['workflows'],
    imports: ['src/domain'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  {
    folders: ['activities'],
    imports: ['src/domain', 'pure', 'steps', 'adapters', 'src/config/schema.ts'],
    packages: ['any'],
  },
  { folders: ['src'], imports: [...PROGRAM, 'workflows/index.ts'], packages: ['any'] },
  {
    folders: ['src/cli'],
    imports: [...PROGRAM, 'worker', 'workflows/messages.ts'],
    packages: ['any'],
  },
  {
    folders: ['src/demo'],
    imports: [...PROGRAM, 'worker', 'src/cli', 'workflows/messages.ts'],
    packages: ['any'],
  },
];

/** What a person or a program starts; every other source file has to be reached from one of these. */
export const entries: Readonly<Record<string, string>> = {
  'src/cli/main.ts': 'the `holdfast` command',
  'src/cli/write-schema.ts': 'writes holdfast.schema.json',
  'src/demo/main.ts': '`npm run demo`',
  'src/worker.ts': 'the worker',
  'workflows/index.ts': 'the workflow bundle',
};

/** Packages that more than one file may import, and why. */
export const sharedPackages: Readonly<Record<string, string>> = {
  zod: 'data enters in many places, and each has its own schema',
  '@temporalio/activity': 'the framework that activities are written in',
  '@temporalio/client':
    'the framework that the command line and the worker speak to the server with',
  '@temporalio/common': 'the vocabulary of the framework',
  '@temporalio/worker': 'the framework that the worker is written in',
  '@temporalio/workflow': 'the framework that workflows are written in',
};

/** Packages that are installed with holdfast without being imported, and why. */
export const unimportedPackages: Readonly<Record<string, string>> = {
  protobufjs: 'held at one version for all of Temporal; see docs/decisions',
};

/** The folder that reads the environment. */
export const ENVIRONMENT_FOLDER = 'src/config';

/** The longest source file, in lines. */
export const MAXIMUM_LINES = 300;

/** Where a clock or a random source may be used, and for what; everything else is given one. */
export const clocks: Readonly<Record<string, string>> = {
  'src/worker.ts': 'makes the clock that activities are given',
  'src/cli': 'deadlines, and the clock and ids that commands are given',
  'src/demo': 'deadlines of the demo',
  'workflows/promotion.ts': "Temporal's time, which is the same when a history is replayed",
  'src/storage/durable-file.ts': 'names of unfinished files',
  'src/storage/file-preparation.ts': 'names of unfinished files',
  'src/storage/s3-patience.ts': 'how long to wait before another attempt',
  'src/storage/s3-store.ts':
    'ids of writes, ages of unfinished uploads, and until when objects are locked',
};
