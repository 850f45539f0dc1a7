import express from 'express';
import supertest from 'supertest';
import { recordAudit } from '../../../src/audit/audit.ts';
import { answerApiFailures } from '../../../src/http/errors.ts';
import { chooseLocale } from '../../../src/http/locale.ts';
import { requestLog } from '../../../src/http/request-log.ts';
import { toText } from '../../../src/store/values.ts';
import type { Panel } from '../../support/panel.ts';

/**
 * A route such as every change of the panel has: the deed and its audit entry in one transaction.
 * The panel's own would each bring their forms; the failure is the same.
 */
export function deeds(panel: Panel) {
  const { settings, log, now, store } = panel.services;
  const app = express();
  app.use(requestLog(log), chooseLocale(settings), express.json());
  app.post('/deeds', async (req, res) => {
    await store.db.transaction().execute(async (trx) => {
      const row = { name: String(req.body.name), value: String(req.body.value ?? '') };
      await trx
        .insertInto('settings')
        .values({ ...row, updated_at: toText(now()) })
        .execute();
      const actor = { kind: 'nobody', name: '', address: null } as const;
      await recordAudit(trx, now(), { actor, action: 'settings.changed', target: row.name });
    });
    res.json({ ok: true });
  });
  app.use(answerApiFailures);
  const http = supertest(app);

  return {
    post: (name: string, value?: string) => http.post('/deeds').send({ name, value }),
    /** Names of the deeds that were done, and of those that were written down. */
    async done(): Promise<{ deeds: string[]; audit: (string | null)[] }> {
      const deeds = store.db.selectFrom('settings').select('name').orderBy('name');
      const audit = store.db.selectFrom('audit_entries').select('target').orderBy('target');
      const names = (await deeds.execute()).map(({ name }) => name);
      return {
        deeds: names.filter((name) => name !== 'app_secret_check'),
        audit: (await audit.execute()).map(({ target }) => target),
      };
    },
  };
}
