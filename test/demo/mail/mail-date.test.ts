import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseMailDate } from '../../../src/demo/mail/mail-date.js';

describe('parseMailDate', () => {
  const cases: readonly (readonly [header: string, time: string | null])[] = [
    ['Thu, 22 Aug 2002 18:26:25 +0700', '2002-08-22T18:26:25.000Z'],
    ['22 Aug 2002 18:26 GMT', '2002-08-22T18:26:00.000Z'],
    ['Fri, 2 Aug 2002 0:4:52 +-0500', '2002-08-02T00:04:52.000Z'],
    ['Mon, 19 August 02 09:10:11 0530', '2002-08-19T09:10:11.000Z'],
    ['1 Jan 97 00:00:00', '1997-01-01T00:00:00.000Z'],
    ['2002/09/14 Sat 02:29:32 CDT', null],
    ['31 Feb 2002 10:00:00', null],
    ['22 Aug 2002 25:00:00', null],
    ['22 Foo 2002 10:00:00', null],
    ['', null],
  ];
  for (const [header, time] of cases) {
    test(`reads ${header === '' ? 'an empty header' : `"${header}"`} as ${time ?? 'no time'}`, () => {
      assert.equal(parseMailDate(header), time);
    });
  }
});
