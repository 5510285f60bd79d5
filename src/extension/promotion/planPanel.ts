import { join } from 'node:path';
import * as vscode from 'vscode';
import { z } from 'zod';
import type { FromPlan } from '../../protocol/plan.ts';
import type { Services } from '../services.ts';
import { planPage, type PlanView } from './planPage.ts';

const word: z.ZodType<FromPlan> = z.discriminatedUnion('type', [
  z.object({ type: z.literal('publish'), commit: z.boolean() }),
  z.object({ type: z.literal('leave') }),
]);

/** Shows a plan and waits for a person's word; undefined where the page was left. */
export async function askAboutPlan(
  { installation }: Services,
  view: PlanView,
): Promise<{ readonly commit: boolean } | undefined> {
  const media = vscode.Uri.file(installation.media);
  const panel = vscode.window.createWebviewPanel(
    'avatarForge.plan',
    vscode.l10n.t('Plan: {0}', view.plan.expected.name),
    vscode.ViewColumn.Active,
    { enableScripts: true, localResourceRoots: [media], retainContextWhenHidden: true },
  );
  try {
    return await new Promise((resolve) => {
      panel.onDidDispose(() => resolve(undefined));
      panel.webview.onDidReceiveMessage((message: unknown) => {
        const { data } = word.safeParse(message);
        if (data?.type === 'leave') resolve(undefined);
        if (data?.type === 'publish') resolve({ commit: data.commit });
      });
      const asset = (name: string): string =>
        panel.webview.asWebviewUri(vscode.Uri.file(join(installation.media, name))).toString();
      const assets = {
        cspSource: panel.webview.cspSource,
        scriptUrl: asset('plan.js'),
        styleUrl: asset('plan.css'),
        language: vscode.env.language,
      };
      panel.webview.html = planPage(view, assets, vscode.l10n.t);
    });
  } finally {
    panel.dispose();
  }
}
