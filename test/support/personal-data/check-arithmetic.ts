/** Check digits by other arithmetic than the redactor's, so that neither proves itself. */

export function luhnDigit(digits: string): string {
  const doubled = [...digits].reverse().map((digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return [...String(value)].reduce((sum, each) => sum + Number(each), 0);
  });
  return String((1000 - doubled.reduce((sum, value) => sum + value, 0)) % 10);
}

/** ISO 7064 by one large number instead of digit by digit. */
export function ibanCheck(country: string, account: string): string {
  const letters = [...`${account}${country}00`]
    .map((character) => parseInt(character, 36))
    .join('');
  return String(98n - (BigInt(letters) % 97n)).padStart(2, '0');
}

export function nirKey(digits: string): string {
  return String(97n - (BigInt(digits) % 97n)).padStart(2, '0');
}

/** The dihedral group D5 by its definition: 0 to 4 are rotations, 5 to 9 reflections. */
function times(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b - 5) % 5);
  return b < 5 ? 5 + ((a - 5 - b + 5) % 5) : (a - b + 5) % 5;
}

const SHUFFLE = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

function shuffled(digit: number, turns: number): number {
  return turns === 0 ? digit : shuffled(SHUFFLE[digit] ?? 0, turns - 1);
}

export function verhoeffDigit(digits: string): string {
  const sum = [...digits]
    .reverse()
    .reduce((check, digit, place) => times(check, shuffled(Number(digit), (place + 1) % 8)), 0);
  return String([...'0123456789'].findIndex((_, candidate) => times(candidate, sum) === 0));
}

/** The last digit for which a rule holds, or `null` where there is none. */
export function digitFor(digits: string, holds: (whole: number[]) => boolean): string | null {
  const last = [...'0123456789'].find((digit) => holds([...digits, digit].map(Number)));
  return last === undefined ? null : digits + last;
}

export function dot(values: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, place) => sum + weight * (values[place] ?? 0), 0);
}
