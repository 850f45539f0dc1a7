import { Router } from 'express';
import type { FalAccount } from '../accounts/accounts.ts';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { refuse } from '../http/failure.ts';
import { answerForm, type FormProblem } from '../http/form-answer.ts';
import { fieldMessage } from '../http/problem.ts';
import { typedText } from '../http/typed-text.ts';
import type { Translate } from '../i18n/index.ts';
import type { Services } from '../services.ts';
import { recordEntries } from './change-ledger.ts';
import { type BadLine, columnOf, readCsv } from './csv-import.ts';
import { ENTRY_KINDS, type EntryKind, standing } from './ledger.ts';
import { ledgerAccount, toLedger } from './ledger-address.ts';
import { entriesOf } from './ledger-rows.ts';
import { kindWord } from './statement-view.ts';

/** What the form of an import shows. */
interface ImportPageView {
  account: FalAccount;
  csv: string;
  badLines: { line: string; message: string }[];
  problem: FormProblem | null;
}

/** `/admin/credits/:account/ledger/import`: writing many entries down at once, or none. */
export function importPage(services: Services): Router {
  const { now, store } = services;
  const router = Router({ mergeParams: true });

  router.get('/', allow('operator'), async (req, res) => {
    const account = await ledgerAccount(store.db, req);
    res.render('credits/import', {
      ...{ account, csv: '', badLines: [], problem: null },
    } satisfies ImportPageView);
  });

  router.post('/', allow('operator'), async (req, res) => {
    const account = await ledgerAccount(store.db, req);
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
        toLedger(res, account, 'imported');
      },
      (problem) =>
        res.render('credits/import', {
          ...{ account, csv, problem },
          badLines: badLines.map((bad) => badLineView(bad, t)),
        } satisfies ImportPageView),
    );
  });

  return router;
}

/** The kind of that code, or of that name in the language of the page. */
function kindNamed(word: string, t: Translate): EntryKind | null {
  return ENTRY_KINDS.find((kind) => word === kind || word === kindWord(kind, t)) ?? null;
}

function badLineView({ line, faults }: BadLine, t: Translate) {
  const messages = faults.map(({ field, fault }) => {
    const message = fieldMessage(field, fault, t);
    return field === 'csv'
      ? message
      : t('purchases.bad_cell', { column: columnOf(field), message });
  });
  return { line: t('purchases.line', { line }), message: messages.join(' ') };
}
