/** The part of jasmine-core that is used here; it comes without types. */
declare module 'jasmine-core' {
  export interface Spec {
    id: string;
    getFullName(): string;
  }
  export interface SpecResult {
    id: string;
    fullName: string;
    status: string;
    failedExpectations: { message: string }[];
  }
  export type Declare = (...args: unknown[]) => Spec;
  interface Environment {
    configure(settings: { random: boolean; specFilter: (spec: Spec) => boolean }): void;
    addReporter(reporter: { specStarted(): void; specDone(result: SpecResult): void }): void;
    execute(): Promise<unknown>;
  }
  const core: { boot(): { getEnv(): Environment } };
  export default core;
}
