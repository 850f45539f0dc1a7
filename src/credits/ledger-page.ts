import { type Request, type Response, Router } from 'express';
import { type FalAccount, findAccount } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { doneNotice } from '../http/done-notice.ts';
import { RequestError } from '../http/failure.ts';
import { answerForm, type FormProblem, type Notice } from '../http/form-answer.ts';
import { fieldMessage } from '../http/problem.ts';
import { typedText } from '../http/typed-text.ts';
import type { Translate } from '../i18n/index.ts';
import { toDecimal } from '../money.ts';
import type { Services } from '../services.ts';
import { confirmTopUp, correctEntry, dismiss, recordEntries, voidEntry } from './change-ledger.ts';
import { type BadLine, readCsv } from './csv-import.ts';
import {
  type EntryForm,
  emptyForm,
  formAgain,
  formOf,
  NOTE_MAX,
  readEntry,
  readSeen,
  wallTime,
} from './entry-form.ts';
import { type CreditEntry, ENTRY_KINDS, type EntryKind, standing } from './ledger.ts';
import { type LedgerView, ledgerView } from './ledger-view.ts';
import { entriesOf, revisionsOf } from './queries.ts';
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
  entry: LedgerView['entries'][number];
  seen: { id: string; revision: number };
  problem: FormProblem | null;
}

/** What the form of an import shows. */
interface ImportPageView {
  account: FalAccount;
  csv: string;
  badLines: { line: string; message: string }[];
  problem: FormProblem | null;
}

/** `/admin/credits/:account/ledger`: what came of credits, where it went, and writing it down. */
export function ledgerPage(services: Services): Router {
  const { now, store } = services;
  const router = Router();
  const path = '/:account/ledger';

  router.get(path, allow('viewer'), async (req, res) => {
    const account = await accountOf(req);
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
    const account = await accountOf(req);
    const { timezone } = account;
    const form = emptyForm(now(), timezone);
    const { after } = req.query;
    if (typeof after !== 'string') return showEntry(res, account, { form });
    const { proposals, balance } = await readStatement(services, account);
    const topUp = proposals.find((each) => each.after.toString() === after);
    if (!topUp) return redirect(res, account, '?done=explained_already');
    form.amount = toDecimal(topUp.amount);
    form.currency = balance.currency;
    form.at = wallTime(topUp.until, timezone);
    showEntry(res, account, { form, seenAfter: after });
  });

  router.post(path, allow('operator'), async (req, res) => {
    const account = await accountOf(req);
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
          await confirmTopUp(services, actor, account.id, { after: momentOf(seenAfter) }, fields);
        }
        redirect(res, account, '?done=recorded');
      },
      (problem) => showEntry(res, account, { form: formAgain(req.body), seenAfter, problem }),
    );
  });

  router.post(`${path}/dismissals`, allow('operator'), async (req, res) => {
    const account = await accountOf(req);
    const seenAfter = momentOf(typedText(req.body, 'seen_after'));
    await dismiss(services, actorOf(req), account.id, seenAfter);
    redirect(res, account, '?done=dismissed');
  });

  router.get(`${path}/import`, allow('operator'), async (req, res) => {
    const account = await accountOf(req);
    res.render('credits/import', {
      ...{ account, csv: '', badLines: [], problem: null },
    } satisfies ImportPageView);
  });

  router.post(`${path}/import`, allow('operator'), async (req, res) => {
    const account = await accountOf(req);
    const { t } = res.locals;
    const csv = typedText(req.body, 'csv');
    let badLines: BadLine[] = [];
    await answerForm(
      req,
      res,
      async () => {
        const read = readCsv(csv, {
          ...{ timezone: account.timezone, now: now() },
          standing: standing(await entriesOf(store.db, account.id)),
          kindNamed: (word) => kindNamed(word, t),
        });
        badLines = read.badLines;
        if (badLines.length > 0) refuse('csv', 'bad_lines');
        await recordEntries(services, actorOf(req), account.id, read.entries, 'csv');
        redirect(res, account, '?done=imported');
      },
      (problem) =>
        res.render('credits/import', {
          ...{ account, csv, problem },
          badLines: badLines.map((bad) => badLineView(bad, t)),
        } satisfies ImportPageView),
    );
  });

  const correction = `${path}/:entry/correction`;
  router.get(correction, allow('operator'), async (req, res) => {
    const account = await accountOf(req);
    const entry = await entryOf(req, account);
    showEntry(res, account, { form: formOf(entry, account.timezone), seen: entry });
  });

  router.post(correction, allow('operator'), async (req, res) => {
    const account = await accountOf(req);
    const { timezone } = account;
    const entry = await entryOf(req, account);
    await answerForm(
      req,
      res,
      async () => {
        const seen = readSeen(entry.id, req.body);
        const fields = readEntry(req.body, { timezone, now: now() }, entry);
        await correctEntry(services, actorOf(req), account.id, seen, fields);
        redirect(res, account, '?done=corrected');
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
        const account = await accountOf(req);
        const seen = readSeen(String(req.params.entry), req.body);
        await voidEntry(services, actorOf(req), account.id, seen);
        redirect(res, account, '?done=voided');
      },
      (problem) => showVoid(req, res, problem),
    ),
  );

  async function showVoid(req: Request, res: Response, problem: FormProblem | null) {
    const account = await accountOf(req);
    const last = await entryOf(req, account);
    const statement = await readStatement(services, account);
    const { entries } = ledgerView(statement, [last], res.locals.format, res.locals.t);
    const entry = entries.find(({ id }) => id === last.id);
    if (!entry) throw new RequestError('not_found', { subject: 'credit_entry' });
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

  /** @throws RequestError `not_found` */
  async function accountOf(req: Request): Promise<FalAccount> {
    const account = await findAccount(store.db, String(req.params.account));
    if (!account) throw new RequestError('not_found', { subject: 'account' });
    return account;
  }

  /** As it stands. @throws RequestError `not_found`, also of one that was taken back. */
  async function entryOf(req: Request, { id }: FalAccount): Promise<CreditEntry> {
    const entry = (await revisionsOf(store.db, id, String(req.params.entry))).at(-1);
    if (!entry || entry.isVoid) throw new RequestError('not_found', { subject: 'credit_entry' });
    return entry;
  }

  return router;
}

/** The kind of that code, or of that name in the language of the page. */
function kindNamed(word: string, t: Translate): EntryKind | null {
  return ENTRY_KINDS.find((kind) => word === kind || word === kindWord(kind, t)) ?? null;
}

function badLineView({ line, faults }: BadLine, t: Translate) {
  const messages = faults.map(({ field, fault }) => {
    const message = fieldMessage(field, fault, t);
    return field === 'csv' ? message : t('purchases.bad_cell', { column: field, message });
  });
  return { line: t('purchases.line', { line }), message: messages.join(' ') };
}

/** @throws RequestError where it is none. */
function momentOf(text: string): Temporal.Instant {
  try {
    return Temporal.Instant.from(text);
  } catch {
    refuse('seen_after', 'unusable');
  }
}

function refuse(field: string, fault: string): never {
  throw new RequestError('invalid_request', { faults: [{ field, fault }] });
}

/** @param query of the account's ledger. */
function redirect(res: Response, { slug }: FalAccount, query: string): void {
  res.redirect(303, `${res.locals.basePath}/admin/credits/${slug}/ledger${query}`);
}
