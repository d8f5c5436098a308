/** How one tool did: an entry of bench/peers.json. */
export interface PeerRow {
  peer: string;
  /** What it is and how it was made. */
  what: string;
  /** Why there are no figures; the rest is absent then. */
  notHad?: string;
  figures?: Figures;
}

export interface Figures {
  /** Of 1,000. */
  associated: number;
  /** From the first write to a server to the last. */
  seconds: number;
  ratio: number;
  gets: number;
  writes: number;
  throttled: number;
  /** All of its processes together, each with its share of what they share (PSS). */
  peakMiB: number;
  cpuSeconds: number;
  /** Started once more when there was nothing left to do. */
  settledRequests: number;
  settledWrites: number;
  settledCpuSeconds: number;
  /** Killed when half was done and started again: how many servers it brought to where they belong, with how many writes. */
  resumed: number;
  resumedWrites: number;
  /** The server that belongs to another scope; a tool that did not end may not have come to it. */
  strangers: 'left and told' | 'left' | 'not reached' | 'moved silently';
  /** A phase that did not end by itself in its time. */
  cutShort?: string;
}
