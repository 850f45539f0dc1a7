import { type Response, Router } from 'express';
import { type FalAccount, reopenAccount } from '../accounts/accounts.ts';
import { allow } from '../auth/access.ts';
import { openQuestion } from '../fal/transport.ts';
import { callerSignal } from '../http/caller.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { typedText } from '../http/typed-text.ts';
import type { Format } from '../i18n/format.ts';
import type { Translate } from '../i18n/index.ts';
import { apportion, displayStep } from '../money.ts';
import type { Services } from '../services.ts';
import { costFigure, dash, type Figure } from './figures.ts';
import { LOOK_UP_DAYS, lookUpRequest, type RequestCharges, readRequestId } from './look-up.ts';
import { type ModelName, modelName } from './model-name.ts';

interface ChargeRow {
  model: ModelName;
  time: string;
  iso: string;
  units: Figure;
  unitPrice: Figure;
  discount: string;
  key: Figure;
  cost: Figure;
}

interface LookUpView {
  account: FalAccount | null;
  /** The identifier in the form. */
  id: string;
  days: number;
  found: { rows: ChargeRow[]; total: Figure; heading: string; isPartial: boolean } | null;
  problem: FormProblem | null;
}

/** `/admin/usage/request?id=&account=`: what one request cost, asked of fal at this moment. */
export function lookUpPage({ config, fal, now, seal, store }: Services): Router {
  const router = Router();

  router.get('/', allow('viewer'), (req, res) => {
    const { accounts, chosen } = res.locals.accountChoice;
    const asked = typedText(req.query, 'account');
    const account = accounts.find(({ slug }) => slug === asked) ?? chosen ?? accounts[0] ?? null;
    const show = (found: LookUpView['found'], problem: FormProblem | null) => {
      const typed = typedText(req.query, 'id').trim();
      const id = /^[\w-]{0,100}$/.test(typed) ? typed : '';
      res.locals.keptQuery = new URLSearchParams({ ...(account && { account: account.slug }), id });
      res.render('usage/request', {
        account,
        id,
        days: LOOK_UP_DAYS,
        found,
        problem,
      } satisfies LookUpView);
    };
    return answerForm(
      req,
      res,
      async () => {
        if (!account || (asked !== '' && asked !== account.slug)) {
          throw new RequestError('not_found', { subject: 'account' });
        }
        const requestId = readRequestId(req.query);
        const { key } = await reopenAccount(store.db, seal, account);
        using question = openQuestion(key, config.falTimeoutMs, callerSignal(res));
        const charges = await lookUpRequest(fal, question, requestId, now());
        show(foundView(charges, account, res.locals), null);
      },
      (problem) => show(null, problem),
    );
  });

  return router;
}

function foundView(
  { charges, total, isPartial }: RequestCharges,
  { timezone }: FalAccount,
  { format, t }: Response['locals'] & { format: Format; t: Translate },
): LookUpView['found'] {
  const step = displayStep(total);
  const shown = apportion(
    charges.map(({ cost }) => cost),
    step,
  );
  const unknown = dash(t('look_up.not_stated'));
  const known = (text: string): Figure => ({ ...unknown, text, unknown: null });
  return {
    heading: t('look_up.found', { count: charges.length }),
    isPartial,
    total: costFigure(total, step, format, { atLeast: isPartial }),
    rows: charges.map((charge, index) => {
      const at = Temporal.Instant.fromEpochMilliseconds(charge.timestampMs);
      const { units, unitPrice, percentDiscount, auth } = charge;
      const key = auth?.detail ?? auth?.apiKeyId ?? auth?.username ?? null;
      return {
        model: modelName(charge.endpointId),
        time: format.exactTime(at, timezone),
        iso: at.toString(),
        units: units === null ? unknown : known(format.quantity(units, 9)),
        unitPrice: unitPrice === null ? unknown : known(format.price(unitPrice)),
        discount: percentDiscount ? format.percent(percentDiscount) : t('look_up.no_discount'),
        key: key === null ? unknown : known(key),
        cost: costFigure(charge.cost, step, format, { shown: shown[index] }),
      };
    }),
  };
}
