/** What an enrolment token names, shown before anything is sent. */
export interface LinkPreview {
  readonly gateway: string;
  readonly witness: string;
  readonly loopback: boolean;
}

/** What an agent is linked to, and how that stands. */
export interface LinkStatus {
  readonly gateway: string;
  /** When the gateway last did what it was asked, Unix seconds; null before the first time. */
  readonly connectedAt: number | null;
  /** Why the newest request failed; null where it did not. */
  readonly fault: LinkFault | null;
}

/** Why the control plane is not to be had. */
export interface LinkFault {
  readonly code: string;
  /** The control plane's own code, where it refused. */
  readonly reason: string | null;
  /** The first failure since it last answered, Unix seconds. */
  readonly since: number;
}

/**
 * The agent's side of its connection to a control plane: outbound only. The agent goes on for ever without it, and
 * believes nothing it says but the signatures inside.
 */
export interface ControlLink {
  /** @throws StoreError `E_SCHEMA` */
  preview(token: string): LinkPreview;
  /** Enrols with a one-use token, and keeps the connection from now on. @throws LinkError */
  link(token: string): Promise<{ readonly environment: { readonly id: string; readonly name: string } }>;
  /** Leaves the control plane; keys, log and use stay as they are. */
  unlink(): Promise<object>;
  status(): LinkStatus | null;
  close(): Promise<void>;
}
