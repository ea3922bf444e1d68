/** `holdfast drill`. */
import type { Command } from 'commander';

export function withDrills(drill: Command): void {
  drill.showHelpAfterError();
}
