import * as vscode from 'vscode';

export interface ReviewRow {
  readonly label: string;
  readonly value: string;
}

export interface ReviewAction<A extends string> {
  readonly action: A;
  readonly label: string;
  readonly detail?: string;
}

interface Item<A extends string> extends vscode.QuickPickItem {
  readonly action?: A;
}

/** Shows what is going to happen, row by row, with the actions on top. Undefined where the user left. */
export async function review<A extends string>(plan: {
  readonly title: string;
  readonly rows: readonly ReviewRow[];
  readonly actions: readonly ReviewAction<A>[];
}): Promise<A | undefined> {
  const page = vscode.window.createQuickPick<Item<A>>();
  page.title = plan.title;
  page.placeholder = vscode.l10n.t('Read the plan below, then choose; Escape leaves everything as it is');
  page.ignoreFocusOut = true;
  page.matchOnDescription = true;
  page.items = [
    ...plan.actions,
    { label: vscode.l10n.t('The plan'), kind: vscode.QuickPickItemKind.Separator },
    ...plan.rows.map(({ label, value }) => ({ label, description: value })),
  ];
  try {
    return await new Promise<A | undefined>((resolve) => {
      // Rows of the plan are there to be read: choosing one does nothing.
      page.onDidAccept(() => {
        const action = page.selectedItems[0]?.action;
        if (action !== undefined) resolve(action);
      });
      page.onDidHide(() => resolve(undefined));
      page.show();
    });
  } finally {
    page.dispose();
  }
}
