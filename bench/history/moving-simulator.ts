import { startSimulator } from '../../src/demo/simulator.ts';
import { endWithParent, tellParent } from '../support/child.ts';

/** fal with the demo's traffic, on a clock that the parent moves. */
endWithParent();
let nowMs = Number(process.argv[2]);
const simulator = await startSimulator({
  now: () => Temporal.Instant.fromEpochMilliseconds(nowMs),
  days: 4,
});
process.on('message', (message) => {
  nowMs = Number(message);
  simulator.received.length = 0;
  tellParent(true);
});
tellParent({ url: simulator.url, key: simulator.keys.admin });
