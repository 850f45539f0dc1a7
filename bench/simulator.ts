import { startSimulator } from '../src/demo/simulator.ts';
import { endWithParent, tellParent } from './support/child.ts';

/** Days of history: enough for a question over 90 days. */
const DAYS = 95;

endWithParent();
const [latencyMs = '0'] = process.argv.slice(2);
const simulator = await startSimulator({ days: DAYS, pageSize: 50 });
await warmUp();
simulator.setLatency(Number(latencyMs));
tellParent({ url: simulator.url, key: simulator.keys.admin });

/** The history is made when it is first asked for, and code runs slowly at first. */
async function warmUp(): Promise<void> {
  const start = Temporal.Now.instant().subtract({ hours: 24 });
  const path = `/models/usage?expand=time_series&timeframe=hour&start=${start}`;
  for (let asked = 0; asked < 20; asked += 1) {
    const response = await fetch(simulator.url + path, {
      headers: { authorization: `Key ${simulator.keys.admin}` },
    });
    await response.arrayBuffer();
  }
}
