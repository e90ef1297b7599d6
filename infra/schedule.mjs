/** What a job weighs that computes all of its time: as many of them run at once as there are processors. */
export const WHOLE_PROCESSOR = 100;

/**
 * Runs the jobs of all lanes side by side. A job weighs what it takes of a processor, in percent, and what runs weighs
 * no more than the processors are. The lightest lanes, which wait most, go first, but leave one processor to those that
 * compute: those run beside them, and then alone.
 * @param {readonly ScheduledLane[]} lanes
 * @param {number} processors
 * @returns {Promise<void>} rejects with the first error of a job or of what a lane waits for; nothing is begun after it
 *
 * @typedef {object} ScheduledLane
 * @property {Promise<unknown>} ready nothing of the lane runs before
 * @property {(found: any) => readonly (() => Promise<void>)[]} begin asked once, with what it waited for: its jobs
 * @property {number} weight at most a whole processor
 * @property {number} concurrency how many of its jobs run at once, at most
 */
export function runSchedule(lanes, processors) {
  const states = lanes
    .map((lane) => ({ ...lane, jobs: null, running: 0 }))
    .sort((a, b) => a.weight - b.weight);
  return new Promise((resolve, giveUp) => {
    let hasFailed = false;
    const reject = (error) => {
      hasFailed = true;
      giveUp(error);
    };
    const startAll = () => {
      if (hasFailed) return;
      for (let lane = nextLane(states, processors); lane; lane = nextLane(states, processors)) {
        start(lane);
      }
      if (states.every(({ jobs, running }) => jobs?.length === 0 && running === 0)) resolve();
    };
    const start = (lane) => {
      const job = lane.jobs.shift();
      lane.running += 1;
      job().then(() => {
        lane.running -= 1;
        startAll();
      }, reject);
    };
    for (const lane of states) {
      lane.ready
        .then((found) => {
          lane.jobs = [...lane.begin(found)];
          startAll();
        })
        .catch(reject);
    }
  });
}

/** The lane whose next job there is room for. */
function nextLane(lanes, processors) {
  const weightOf = (some) => some.reduce((sum, { weight, running }) => sum + weight * running, 0);
  const room = processors * WHOLE_PROCESSOR - weightOf(lanes);
  const waits = ({ weight }) => weight < WHOLE_PROCESSOR;
  const roomToWait = Math.max(1, processors - 1) * WHOLE_PROCESSOR - weightOf(lanes.filter(waits));
  return lanes.find(
    (lane) =>
      lane.jobs?.length > 0 &&
      lane.running < lane.concurrency &&
      lane.weight <= room &&
      (!waits(lane) || lane.weight <= roomToWait),
  );
}
