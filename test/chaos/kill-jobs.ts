import {
  deathsEverywhere,
  randomSchedules,
  serverDeathsEverywhere,
  type MatrixReport,
} from './job-matrix.js';
import { DIALECTS } from './job-schedules.js';

/**
 * The crash matrix of fine-tuning jobs at full size: `node kill-jobs.js [SCHEDULES] [SEED]`. Ends with exit code 1
 * where any run paid twice, ended wrong, or was parked although the provider listed its job.
 */
const schedules = Number(process.argv[2] ?? 200);
const seed = Number(process.argv[3] ?? 1);
const names = DIALECTS.map(({ name }) => name);
let isWrong = false;

function tell(what: string, { wrong, ...counts }: MatrixReport): void {
  process.stdout.write(`${what}: ${JSON.stringify({ ...counts, wrong: wrong.length })}\n`);
  for (const problem of wrong.slice(0, 10)) process.stdout.write(`  ${problem}\n`);
  isWrong ||= wrong.length > 0;
}

tell('worker killed before, during and after every step', await deathsEverywhere(names));
tell('server killed before and after every step', await serverDeathsEverywhere(names));
tell(`${schedules} random schedules of seed ${seed}`, await randomSchedules(schedules, seed));
process.exitCode = isWrong ? 1 : 0;
