export function inspect(root: string): {
  readonly files: number;
  readonly problems: readonly string[];
  readonly warnings: readonly string[];
};
