import { BASE_62, HEX, LOWER, type Maker, UPPER, two } from './maker.js';

const time = (make: Maker): string => `${two(make, 0, 23)}:${two(make, 0, 59)}:${two(make, 0, 59)}`;
const date = (make: Maker): string =>
  `${2000 + make.int(30)}-${two(make, 1, 12)}-${two(make, 1, 28)}`;
const uuid = (make: Maker): string =>
  [8, 4, 4, 4, 12].map((length) => make.text(HEX, length)).join('-');

/** What logs are full of and is nobody's, though it looks like what is somebody's. */
const LOOK_ALIKES: readonly ((make: Maker) => string)[] = [
  (make) => `order ${make.digits(10)}`,
  (make) => `order number ${make.digits(12)} was shipped`,
  (make) => `Order #${make.digits(3)}-${make.digits(7)}-${make.digits(7)}`,
  (make) => `invoice INV-${make.digits(8)} of ${date(make)}`,
  (make) => `ticket id: ${make.digits(9)}`,
  (make) => `tracking 1Z${make.text(UPPER, 3)}${make.digits(3)}${make.digits(10)}`,
  (make) => `"user_id": ${make.digits(10)}, "n": ${make.digits(4)}`,
  (make) => `"created": 17${make.digits(8)}, "orderId": "${make.digits(16)}"`,
  (make) => `on ${date(make)} at ${time(make)}`,
  (make) => `${date(make)}T${time(make)}.${make.digits(3)}Z`,
  (make) =>
    `from ${two(make, 1, 28)}.${two(make, 1, 12)}.${2000 + make.int(30)} to ${two(make, 1, 12)}/${two(make, 1, 28)}/${2000 + make.int(30)}`,
  (make) =>
    `backup-${2000 + make.int(30)}${two(make, 1, 12)}${two(make, 1, 28)}${two(make, 0, 23)}${two(make, 0, 59)}${two(make, 0, 59)}.tar`,
  (make) => `sha256 ${make.text(HEX, 64)}`,
  (make) => `commit ${make.text(HEX, 40)}`,
  (make) => `id ${uuid(make)}`,
  (make) => `v${make.int(20)}.${make.int(100)}.${make.int(100)}-rc.${make.int(9)}`,
  (make) => `version ${make.int(9)}.${make.int(20)}.${make.int(9)}.${make.int(200)}`,
  (make) => `Chrome/${100 + make.int(30)}.0.${make.digits(4)}.${make.int(200)} Safari/537.36`,
  (make) => `${make.text(LOWER, 6)}@${make.int(20)}.${make.int(20)}.${make.int(20)}`,
  (make) => `icon@2x.png and @${make.text(LOWER, 8)} said so`,
  (make) =>
    `$${make.digits(3)},${make.digits(3)}.${make.digits(2)} of ${1 + make.int(9)}${make.digits(2)} 000 000`,
  (make) => `${make.int(90)}.${make.digits(6)}, -${make.int(180)}.${make.digits(6)}`,
  (make) => `pi is 3.${make.digits(24)}`,
  (make) => `ISBN 978-3-16-${make.digits(6)}-0`,
  (make) => `https://${make.text(LOWER, 8)}.example.org/p/${make.digits(8)}?page=2&sort=asc#top`,
  (make) => `const ${make.text(LOWER, 6)}Key${make.int(9)} = settings.${make.text(UPPER, 12)}_KEY;`,
  (make) => `std::${make.text('abcdef', 4)}::${make.text(LOWER, 5)}(x${make.int(9)})`,
  (make) => `etag "${make.text(HEX, 32)}" of ${make.digits(6)} bytes`,
  (make) => `session ${make.text(BASE_62, 22)} ended after ${make.digits(4)} ms`,
  (make) =>
    `the years ${1900 + make.int(100)}-${2000 + make.int(30)}, pages ${make.digits(3)}-${make.digits(3)}`,
  (make) => `score 21-19, 18-21, 21-${two(make, 10, 19)} in ${make.int(90)} minutes`,
  (make) =>
    `grep -n ${make.text(LOWER, 5)} src/${make.text(LOWER, 6)}-${make.digits(2)}.ts:${make.digits(3)}:${make.int(80)}`,
  (make) => `part no. ${make.text(UPPER, 2)}-${make.digits(4)}-${make.digits(3)}`,
  (make) => `${make.digits(4)} ${make.digits(4)} units, then ${make.digits(5)} more`,
  (make) => `0x${make.text(HEX, 16)} at 0x${make.text(HEX, 8)}`,
  (make) => `color #${make.text(HEX, 6)} and ${make.int(99)}% of ${make.digits(3)}px`,
  (make) =>
    `ratio ${make.int(99)}:${make.int(99)}:${make.int(99)}, ${make.text('abcdef', 2)}:${make.int(9)}`,
  (make) =>
    `population ${make.digits(1)} ${make.digits(3)} ${make.digits(3)} in ${1900 + make.int(120)}`,
  (make) => `base64 ${make.text(BASE_62, 40)}== of the file`,
  (make) => `ids ${make.digits(7)}, ${make.digits(7)} and ${make.digits(8)}`,
];

export function makeLookAlike(make: Maker): string {
  return make.pick(LOOK_ALIKES)(make);
}
