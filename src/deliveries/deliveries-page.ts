import { Router } from 'express';
import { actorOf } from '../audit/actor.ts';
import { allow } from '../auth/access.ts';
import { includesRole } from '../auth/viewer.ts';
import { doneNotice } from '../http/done-notice.ts';
import { pageNumber } from '../http/page-number.ts';
import { rowId } from '../http/row-id.ts';
import type { Services } from '../services.ts';
import { listChannels } from './channel-rows.ts';
import { DELIVERY_STATES, listDeliveries } from './delivery-list.ts';
import { deliveryView } from './delivery-view.ts';
import { resend } from './resend.ts';

const PAGE_SIZE = 50;

/** `/admin/alerts/deliveries`: what was sent, what is to be, and what could not be. */
export function deliveriesPage(services: Services): Router {
  const { settings, store, now } = services;
  const router = Router();

  router.get('/', allow('viewer'), async (req, res) => {
    const { basePath, format, t } = res.locals;
    const state = DELIVERY_STATES.find((each) => each === req.query.state) ?? null;
    const page = pageNumber(req.query.page);
    const { timezone } = settings.current();
    const [rows, channels] = await Promise.all([
      store.reader.snapshot((db) =>
        listDeliveries(db, store.engine, {
          state,
          offset: (page - 1) * PAGE_SIZE,
          // One more than is shown tells whether there are older ones.
          limit: PAGE_SIZE + 1,
        }),
      ),
      listChannels(store.db),
    ]);
    const reader = { now: now(), timezone, format, t };
    const open = new Set(channels.filter(({ isEnabled }) => isEnabled).map(({ id }) => id));
    const mayResend = includesRole(req.viewer?.role ?? 'viewer', 'operator');
    const href = (of: typeof state, number: number) => {
      const query = new URLSearchParams({
        ...(of && { state: of }),
        ...(number > 1 && { page: String(number) }),
      });
      return `${basePath}/admin/alerts/deliveries${query.size > 0 ? `?${query}` : ''}`;
    };
    res.locals.keptQuery = new URLSearchParams(href(state, page).split('?')[1] ?? '');
    res.render('deliveries/index', {
      filters: [null, ...DELIVERY_STATES].map((each) => ({
        text: t(`deliveries.filter_${each ?? 'all'}`),
        href: href(each, 1),
        current: each === state,
      })),
      isFiltered: state !== null || page > 1,
      hasChannels: channels.length > 0,
      deliveries: rows.slice(0, PAGE_SIZE).map((row) => ({
        ...deliveryView(row, reader),
        badge: { dead: 'failing', pending: 'settling', sent: 'live', cancelled: '' }[row.state],
        mayResend:
          mayResend && open.has(row.channel_id) && (row.state === 'dead' || row.state === 'sent'),
      })),
      timezone,
      newerHref: page > 1 ? href(state, page - 1) : null,
      olderHref: rows.length > PAGE_SIZE ? href(state, page + 1) : null,
      done: doneNotice(req, res, 'deliveries'),
    });
  });

  router.post('/:id/resend', allow('operator'), async (req, res) => {
    await resend(services, actorOf(req), rowId(req));
    res.redirect(303, `${res.locals.basePath}/admin/alerts/deliveries?done=resent`);
  });

  return router;
}
