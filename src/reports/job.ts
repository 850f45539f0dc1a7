import { earlier } from '../instants.ts';
import type { Job } from '../jobs/scheduler.ts';
import { LOOK_AGAIN, makeDueReports, type ReportServices, type Waiting } from './make-reports.ts';
import { addUsualSchedule } from './usual-schedule.ts';

/** What makes reports when they are due. */
export function reportJobs(services: ReportServices): () => Promise<readonly Job[]> {
  const waiting: Waiting = new Map();
  const job: Job = {
    name: 'reports',
    kind: 'reports',
    async run(lease) {
      await addUsualSchedule(services, lease);
      const next = await makeDueReports(services, lease, waiting);
      const soon = services.now().add(LOOK_AGAIN);
      return next ? earlier(next, soon) : soon;
    },
  };
  return async () => [job];
}
