import { operatorName, type Environment } from '../config/environment.js';
import { ConfigError } from '../domain/errors.js';

/** The name that an act is recorded under: as given, else the user at the terminal. A claim either way. */
export function operatorOf(given: string | undefined, environment: Environment): string {
  const name = (given ?? operatorName(environment) ?? '').trim();
  if (name === '') {
    throw new ConfigError('say who you are with --by NAME (--approver NAME for a decision)');
  }
  return name;
}

/** Why something is done, for the audit log. @throws ConfigError for a blank one */
export function reasonOf(given: string): string {
  const reason = given.trim();
  if (reason === '') throw new ConfigError('--reason is empty; say why, for the audit log');
  return reason;
}
