/** How fast outputs can be made, and are wanted: per hour. */
export interface Throughput {
  /** As many as fal makes at once, one after the other. */
  capacity: number;
  /** Calls at the peak, those made twice included. */
  demand: number;
  /** `spare` up to four fifths of the capacity, then `tight`; `too_slow` from there on: guests queue. */
  pace: 'spare' | 'tight' | 'too_slow';
}

export interface ThroughputQuestion {
  /** Requests that fal runs at once for the account: 2 for a new one, up to 40 with purchases. */
  concurrency: number;
  /** How long a request takes, in seconds; more than 0. */
  secondsPerRequest: number;
  /** Calls in the hour in which most are made. */
  peakCallsPerHour: number;
}

const TIGHT_FROM = 0.8;

/** Whether fal keeps up with the guests: `concurrency x 3600 / seconds` against the peak. */
export function throughputOf(question: ThroughputQuestion): Throughput {
  const { concurrency, secondsPerRequest, peakCallsPerHour: demand } = question;
  const capacity = (concurrency * 3600) / secondsPerRequest;
  const used = demand / capacity;
  return { capacity, demand, pace: used > 1 ? 'too_slow' : used > TIGHT_FROM ? 'tight' : 'spare' };
}
