import { type Request, type Response, Router } from 'express';
import type { FalAccount } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { wallTime } from '../http/date-time-field.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError, refuse } from '../http/failure.ts';
import { answerForm, type FormProblem, type Notice } from '../http/form-answer.ts';
import { typedText } from '../http/typed-text.ts';
import { toDecimal } from '../money.ts';
import type { Services } from '../services.ts';
import { confirmTopUp, correctEntry, dismiss, recordEntries, voidEntry } from './change-ledger.ts';
import {
  type EntryForm,
  emptyForm,
  formAgain,
  formOf,
  NOTE_MAX,
  readEntry,
  readSeen,
} from './entry-form.ts';
import { importPage } from './import-page.ts';
import { type CreditEntry, ENTRY_KINDS, type EntryKind } from './ledger.ts';
import { ledgerAccount, toLedger } from './ledger-address.ts';
import { entriesOf, revisionsOf } from './ledger-rows.ts';
import { type LedgerView, ledgerView, type RevisionView, revisionView } from './ledger-view.ts';
import { readStatement } from './statement.ts';
import { kindWord } from './statement-view.ts';

/** What the page shows. */
interface LedgerPageView {
  account: FalAccount;
  ledger: LedgerView;
  mayWrite: boolean;
  done: Notice | null;
}

/** What the form of an entry shows, new or to be corrected. */
interface EntryPageView {
  account: FalAccount;
  form: EntryForm;
  kinds: { value: EntryKind; text: string }[];
  noteMax: number;
  /** The reading before the rise of the balance that is confirmed; empty: none is. */
  seenAfter: string;
  /** What is corrected; `null`: a new entry. */
  seen: { id: string; revision: number } | null;
  problem: FormProblem | null;
}

/** What the question shows whether an entry is to be taken back. */
interface VoidPageView {
  account: FalAccount;
  entry: RevisionView;
  seen: { id: string; revision: number };
  problem: FormProblem | null;
}

/** `/admin/credits/:account/ledger`: what came of credits, where it went, and writing it down. */
export function ledgerPage(services: Services): Router {
  const { now, store } = services;
  const router = Router();
  const path = '/:account/ledger';

  router.use(`${path}/import`, importPage(services));

  router.get(path, allow('viewer'), async (req, res) => {
    const account = await ledgerAccount(store.db, req);
    const { format, t } = res.locals;
    const [statement, entries] = await Promise.all([
      readStatement(services, account),
      entriesOf(store.db, account.id),
    ]);
    res.render('credits/ledger', {
      account,
      ledger: ledgerView(statement, entries, format, t),
      mayWrite: req.viewer !== null && includesRole(req.viewer.role, 'operator'),
      done: doneNotice(req, res, 'purchases', ['explained_already']),
    } satisfies LedgerPageView);
  });

  router.get(`${path}/new`, allow('operator'), async (req, res) => {
    const account = await ledgerAccount(store.db, req);
    const { timezone } = account;
    const form = emptyForm(now(), timezone);
    const { after } = req.query;
    if (typeof after !== 'string') return showEntry(res, account, { form });
    const { topUp, currency } = await proposalOf(account, after);
    if (!topUp) return toLedger(res, account, 'explained_already');
    form.amount = toDecimal(topUp.amount);
    form.currency = currency;
    form.at = wallTime(topUp.until, timezone, 'minute');
    showEntry(res, account, { form, seenAfter: after });
  });

  router.post(path, allow('operator'), async (req, res) => {
    const account = await ledgerAccount(store.db, req);
    const seenAfter = typedText(req.body, 'seen_after').slice(0, 64);
    await answerForm(
      req,
      res,
      async () => {
        const fields = readEntry(req.body, { timezone: account.timezone, now: now() });
        const actor = actorOf(req);
        if (seenAfter === '') {
          await recordEntries(services, actor, account.id, [fields], 'hand');
        } else {
          const { topUp } = await proposalOf(account, seenAfter);
          // Somebody else confirmed or dismissed it, or wrote the purchase down.
          if (!topUp) throw new RequestError('conflict');
          await confirmTopUp(services, actor, account.id, topUp, fields);
        }
        toLedger(res, account, 'recorded');
      },
      (problem) => showEntry(res, account, { form: formAgain(req.body), seenAfter, problem }),
    );
  });

  router.post(`${path}/dismissals`, allow('operator'), async (req, res) => {
    const account = await ledgerAccount(store.db, req);
    const { topUp } = await proposalOf(account, typedText(req.body, 'seen_after'));
    if (!topUp) return toLedger(res, account, 'explained_already');
    await dismiss(services, actorOf(req), account.id, topUp.after);
    toLedger(res, account, 'dismissed');
  });

  const correction = `${path}/:entry/correction`;
  router.get(correction, allow('operator'), async (req, res) => {
    const account = await ledgerAccount(store.db, req);
    const entry = await entryOf(req, account);
    showEntry(res, account, { form: formOf(entry, account.timezone), seen: entry });
  });

  router.post(correction, allow('operator'), async (req, res) => {
    const account = await ledgerAccount(store.db, req);
    const { timezone } = account;
    const entry = await entryOf(req, account);
    await answerForm(
      req,
      res,
      async () => {
        const seen = readSeen(entry.id, req.body);
        const fields = readEntry(req.body, { timezone, now: now() }, entry);
        await correctEntry(services, actorOf(req), account.id, seen, fields);
        toLedger(res, account, 'corrected');
      },
      (problem) => {
        const seen = { id: entry.id, revision: Number(typedText(req.body, 'revision')) || 0 };
        showEntry(res, account, { form: formAgain(req.body), seen, problem });
      },
    );
  });

  const voiding = `${path}/:entry/void`;
  router.get(voiding, allow('operator'), (req, res) => showVoid(req, res, null));
  router.post(voiding, allow('operator'), (req, res) =>
    answerForm(
      req,
      res,
      async () => {
        const account = await ledgerAccount(store.db, req);
        const seen = readSeen(String(req.params.entry), req.body);
        await voidEntry(services, actorOf(req), account.id, seen);
        toLedger(res, account, 'voided');
      },
      (problem) => showVoid(req, res, problem),
    ),
  );

  async function showVoid(req: Request, res: Response, problem: FormProblem | null) {
    const account = await ledgerAccount(store.db, req);
    const last = await entryOf(req, account);
    const entry = revisionView(last, null, account.timezone, res.locals.format, res.locals.t);
    res.render('credits/void', { account, entry, seen: last, problem } satisfies VoidPageView);
  }

  function showEntry(
    res: Response,
    account: FalAccount,
    shown: Pick<EntryPageView, 'form'> & Partial<EntryPageView>,
  ): void {
    const { t } = res.locals;
    res.render('credits/entry', {
      account,
      kinds: ENTRY_KINDS.map((value) => ({ value, text: kindWord(value, t) })),
      ...{ noteMax: NOTE_MAX, seenAfter: '', seen: null, problem: null },
      ...shown,
    } satisfies EntryPageView);
  }

  /** The proposal that begins at a reading, while it stands. @throws RequestError where that is no time. */
  async function proposalOf(account: FalAccount, seenAfter: string) {
    const after = momentOf(seenAfter);
    const { proposals, balance } = await readStatement(services, account);
    const topUp = proposals.find((each) => each.after.equals(after));
    return { topUp, currency: balance.currency };
  }

  /** As it stands. @throws RequestError `not_found`, also of one that was taken back. */
  async function entryOf(req: Request, { id }: FalAccount): Promise<CreditEntry> {
    const entry = (await revisionsOf(store.db, id, String(req.params.entry))).at(-1);
    if (!entry || entry.isVoid) throw new RequestError('not_found', { subject: 'credit_entry' });
    return entry;
  }

  return router;
}

/** @throws RequestError where it is none. */
function momentOf(text: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(text);
  } catch {
    refuse('seen_after', 'unusable');
  }
}
