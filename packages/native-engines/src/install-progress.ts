/** What an installation is doing. A `download` comes many times for each file; its numbers are bytes. */
export type InstallProgress =
  { kind: 'step'; text: string } | { kind: 'download'; fileName: string; received: number; total: number | undefined };
