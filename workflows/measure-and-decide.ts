import { upsertSearchAttributes } from '@temporalio/workflow';
import type { DecideResult, EvaluateInput, EvaluateResult } from '../src/domain/contracts.js';
import { evaluations, models } from './activity-options.js';
import type { Trained } from './fine-tune.js';
import { attributes } from './messages.js';
import type { Parking } from './parked-job.js';
import type { Story } from './story.js';

/**
 * Has champion and candidate, and whoever is asked beside them, answer every suite, and the gate decide on it. A host, or a
 * judge, that wants its bill paid first parks the run: training is paid for by then.
 */
export async function measureAndDecide(
  trained: Trained,
  candidate: string,
  story: Story,
  parking: Parking,
): Promise<DecideResult> {
  const stage = 'evaluating';
  story.stage(stage);
  const plan = await models.planEvaluation.executeWithOptions({ summary: 'who is asked what' }, [
    trained,
  ]);
  let parked: Pick<EvaluateInput, 'wasParked'> = {};
  const measure = (
    summary: string,
    asked: Pick<EvaluateInput, 'role' | 'suite' | 'examples'>,
  ): Promise<EvaluateResult> => {
    let isAgain = false;
    return parking.untilPaid(stage, summary, () => {
      if (isAgain) parked = { wasParked: true };
      isAgain = true;
      const input = { ...trained, candidate, ...asked, ...parked };
      return evaluations.evaluate.executeWithOptions({ summary }, [input]);
    });
  };
  const answers: EvaluateResult[] = [];
  for (const suite of plan.suites) {
    for (const role of ['champion', 'candidate'] as const) {
      answers.push(await measure(`${role} answers ${suite}`, { role, suite }));
    }
  }
  for (const asked of plan.further ?? []) {
    const { role, suite, examples } = asked;
    const how = examples === undefined ? role : `champion with ${examples} examples`;
    answers.push(await measure(`${how} answers ${suite}`, asked));
  }
  story.stage('deciding');
  const decided = await models.decide.executeWithOptions({ summary: 'the gate decides' }, [
    { ...trained, candidate, answers },
  ]);
  upsertSearchAttributes([{ key: attributes.decision, value: decided.decision }]);
  story.tell(`decision: **${decided.decision}**`);
  for (const reason of decided.reasons) story.tell(reason);
  return decided;
}
