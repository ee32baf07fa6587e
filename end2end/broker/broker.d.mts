export interface Broker {
  /** Its address. */
  readonly issuer: string;
  /** Lets a portal send people here, who are sent back there. */
  serve: (portal: string) => void;
  stop: () => Promise<void>;
}
export const client: { id: string; secret: string };
export function start(port?: number): Promise<Broker>;
