import { digitFor, dot, luhnDigit, nirKey, verhoeffDigit } from './check-arithmetic.js';
import { madeUpDay, type Made } from './made-up-values.js';
import { type Maker, UPPER, two } from './maker.js';

/** A national number in a sentence; those that need a word to tell them have one. */
export function madeUpIdentity(make: Maker): Made {
  for (;;) {
    const made = make.pick(IDENTITIES)(make);
    if (made !== null) return made;
  }
}

type Identity = (make: Maker) => Made | null;

const plain = (make: Maker, value: string | null): Made | null =>
  value === null
    ? null
    : [
        make.pick(['', 'I am ', 'number ', '("', 'ID: ']),
        value,
        make.pick(['', '.', ' here', ', ok']),
      ];

const IDENTITIES: readonly Identity[] = [
  // United States
  (make) => {
    const area = 1 + make.int(665);
    return plain(
      make,
      `${String(area).padStart(3, '0')}-${two(make, 1, 99)}-${make.digits(3)}${1 + make.int(9)}`,
    );
  },
  (make) => [
    'SSN ',
    `${100 + make.int(500)}${two(make, 1, 99)}${make.digits(3)}${1 + make.int(9)}`,
    '.',
  ],
  // United Kingdom
  (make) => {
    const digits = digitFor(
      `4${make.digits(8)}`,
      (all) => dot(all, [10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    );
    if (digits === null) return null;
    return ['NHS number ', `${digits.slice(0, 3)} ${digits.slice(3, 6)} ${digits.slice(6)}`, ''];
  },
  (make) => {
    const digits = make.digits(6);
    const letters = `${make.pick([...'ABCEHJLMPRSTWY'])}${make.pick([...'ABCEHJLMPRSTWXYZ'])}`;
    const last = make.pick([...'ABCD']);
    const spaced = `${letters} ${digits.slice(0, 2)} ${digits.slice(2, 4)} ${digits.slice(4)} ${last}`;
    return plain(make, make.pick([spaced, `${letters}${digits}${last}`]));
  },
  // Poland
  (make) =>
    plain(
      make,
      digitFor(
        `${two(make, 40, 99)}${two(make, 1, 12)}${two(make, 1, 28)}${make.digits(4)}`,
        (all) => dot(all, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0,
      ),
    ),
  // France
  (make) => {
    const digits = `${1 + make.int(2)}${two(make, 20, 99)}${two(make, 1, 12)}${two(make, 1, 95)}${make.digits(6)}`;
    const whole = digits + nirKey(digits);
    const spaced = whole.replace(/^(.)(..)(..)(..)(...)(...)(..)$/, '$1 $2 $3 $4 $5 $6 $7');
    return plain(make, make.pick([whole, spaced]));
  },
  // India
  (make) => {
    const digits = `${2 + make.int(8)}${make.digits(10)}`;
    const whole = digits + verhoeffDigit(digits);
    return plain(make, whole.replace(/(.{4})(?=.)/g, make.pick(['$1 ', '$1-'])));
  },
  (make) =>
    plain(
      make,
      `${make.text(UPPER, 3)}P${make.text(UPPER, 1)}${1 + make.int(9)}${make.digits(3)}${make.text(UPPER, 1)}`,
    ),
  // Spain
  (make) => {
    const digits = make.digits(8);
    return plain(make, `${digits}${'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(digits) % 23)}`);
  },
  (make) => {
    const [first, digits] = [make.int(3), make.digits(7)];
    return plain(
      make,
      `${'XYZ'.charAt(first)}${digits}${'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(`${first}${digits}`) % 23)}`,
    );
  },
  // Singapore
  (make) => {
    const digits = make.digits(7);
    const rest = dot([...digits].map(Number), [2, 7, 6, 5, 4, 3, 2]) % 11;
    return plain(make, `S${digits}${'JZIHGFEDCBA'.charAt(rest)}`);
  },
  // Brazil
  (make) => {
    const digits = make.digits(9);
    const check = (all: string): string => {
      const sum = [...all].reduce(
        (total, digit, place) => total + Number(digit) * (all.length + 1 - place),
        0,
      );
      return String(sum % 11 < 2 ? 0 : 11 - (sum % 11));
    };
    const first = check(digits);
    const whole = digits + first + check(digits + first);
    return plain(make, whole.replace(/^(...)(...)(...)(..)$/, '$1.$2.$3-$4'));
  },
  // Sweden
  (make) => {
    const digits = `${madeUpDay(make, 'YMD')}${make.digits(3)}`;
    const whole = digits + luhnDigit(digits);
    return plain(make, `${whole.slice(0, 6)}-${whole.slice(6)}`);
  },
  // Finland
  (make) => {
    const [day, serial] = [madeUpDay(make, 'DMY'), `${1 + make.int(8)}${make.digits(2)}`];
    return plain(
      make,
      `${day}-${serial}${'0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(Number(day + serial) % 31)}`,
    );
  },
  // Switzerland
  (make) => {
    const whole = digitFor(
      `756${make.digits(9)}`,
      (all) => dot(all, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
    );
    return plain(make, whole?.replace(/^(...)(....)(....)(..)$/, '$1.$2.$3.$4') ?? null);
  },
  // China
  (make) => {
    const digits = `11010${make.int(10)}19${madeUpDay(make, 'YMD')}${make.digits(3)}`;
    const sum = [...digits].reduce(
      (total, digit, place) => total + Number(digit) * (2 ** (17 - place) % 11),
      0,
    );
    const check = (12 - (sum % 11)) % 11;
    return plain(make, `${digits}${check === 10 ? 'X' : check}`);
  },
];
