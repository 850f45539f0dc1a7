import { z } from 'zod';
import { decimalField } from '../http/decimal-field.ts';
import { parseBody } from '../http/parse-body.ts';
import { withoutBlanks } from '../usage/request-fields.ts';
import { countField } from './plan-fields.ts';
import type { EventClosing } from './planned-event.ts';

const form = z.object({
  participants_came: countField().optional(),
  price_charged: decimalField({ min: 0, max: 1_000_000_000 }).optional(),
  version: z.coerce.number('unusable').int('unusable'),
});

/** Reads how an event ended, and which version of it was seen. @throws RequestError */
export function readClosing(body: unknown): { closing: EventClosing; version: number } {
  const read = parseBody(form, withoutBlanks(body), 'form');
  return {
    closing: {
      participantsCame: read.participants_came ?? null,
      priceCharged: read.price_charged ?? null,
    },
    version: read.version,
  };
}
