import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { z } from 'zod';
import { instantMs } from '../../src/domain/instant.js';

const iso = z.iso.datetime({ precision: 3 });

describe('instants', () => {
  test('are the milliseconds that Date makes of them', () => {
    const instants = fc.date({
      min: new Date('0000-01-01T00:00:00.000Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instants, (date) => assert.equal(instantMs(date.toISOString()), date.getTime())),
      { numRuns: 2_000 },
    );
  });

  test('are what zod takes for one, whichever character is another', () => {
    const bases = [
      '2024-02-29T23:59:59.999Z',
      '1900-02-28T10:09:08.070Z',
      '2000-12-31T00:00:00.000Z',
    ];
    const character = fc.constantFrom(...'0123456789-:.TZtz +/', '٣');
    fc.assert(
      fc.property(
        fc.constantFrom(...bases),
        fc.array(fc.tuple(fc.nat(24), character), { maxLength: 3 }),
        (base, changes) => {
          const units = [...base];
          for (const [at, changed] of changes) units[at] = changed;
          const text = units.join('');
          assert.equal(!Number.isNaN(instantMs(text)), iso.safeParse(text).success, text);
        },
      ),
      { numRuns: 20_000 },
    );
    for (const text of ['', '2024-02-29', '2024-02-29T23:59:59Z', '2023-02-29T00:00:00.000Z']) {
      assert.ok(Number.isNaN(instantMs(text)), text);
    }
  });
});
