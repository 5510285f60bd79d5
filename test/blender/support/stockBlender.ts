import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { z } from 'zod';

const script = join(import.meta.dirname, 'stock_addon.py');
const ready = z.object({ port: z.number() });

export interface StockBlender {
  readonly port: number;
  end(): Promise<void>;
}

/**
 * A real Blender with a stock-dialect add-on (stock_addon.py) in a window under Xvfb, as the stock one needs it.
 * `port` 0 takes any that is free; `home` is where the shipped library keeps files; a small `screen` is redrawn sooner.
 */
export async function stockBlender({
  port = 0,
  home,
  screen = '1280x960x24',
}: { port?: number; home?: string; screen?: string } = {}): Promise<StockBlender> {
  const blender = process.env['AVATAR_FORGE_BLENDER'] ?? 'blender';
  const argv = ['-a', '-s', `-screen 0 ${screen} -nolisten tcp`, blender, '-noaudio', '--factory-startup'];
  const child = spawn('xvfb-run', [...argv, '--python', script], {
    env: {
      ...process.env,
      ...(home === undefined ? {} : { AVATAR_FORGE_HOME: home }),
      STOCK_PORT: String(port),
      LIBGL_ALWAYS_SOFTWARE: '1',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) {
    if (!line.startsWith('STOCK_READY ')) continue;
    child.stdout.resume();
    return {
      port: ready.parse(JSON.parse(line.slice(12))).port,
      end: async () => {
        child.stdin.end();
        await exit;
      },
    };
  }
  throw new Error('Blender ended before its stock add-on listened.');
}
