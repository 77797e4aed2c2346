/* What a reader did to single messages of a thread (unfolded, asked for images …), kept while the conversation is open: rows that scroll out of sight
 * leave the page and must come back as they were. Two parts of a row that ask for the same see the same. */
import { createContext, useContext, useSyncExternalStore } from "react";

export class Memory {
  private readonly values = new Map<string, unknown>();
  private readonly listeners = new Set<() => void>();

  get<T>(key: string, initial: T): T {
    // Fixed when it is first asked for: an unfolded mail does not fold because others came after it.
    if (!this.values.has(key)) this.values.set(key, initial);
    return this.values.get(key) as T;
  }

  set(key: string, value: unknown): void {
    this.values.set(key, value);
    for (const listener of this.listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export const ThreadMemory = createContext(new Memory());

/** Like `useState`, but it outlives the row. What it starts with counts when it is first asked for, and stays. */
export function useRemembered<T>(key: string, initial: T): [T, (value: T) => void] {
  const memory = useContext(ThreadMemory);
  const value = useSyncExternalStore(memory.subscribe, () => memory.get(key, initial));
  return [value, (next) => memory.set(key, next)];
}
