import { killJobWorkers } from './killed-job-workers.js';

/** Kills workers of fine-tuning jobs for real: `node kill-job-workers.js [RUNS] [SEED]`; exit code 1 on any fault. */
const { wrong, ...counts } = await killJobWorkers(
  Number(process.argv[2] ?? 24),
  Number(process.argv[3] ?? 1),
);
process.stdout.write(
  `workers killed for real: ${JSON.stringify({ ...counts, wrong: wrong.length })}\n`,
);
for (const problem of wrong) process.stdout.write(`  ${problem}\n`);
process.exitCode = wrong.length > 0 ? 1 : 0;
