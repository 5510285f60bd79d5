import * as vscode from 'vscode';
import script from './script.json' with { type: 'json' };

/**
 * A language model that plays a script: to a prompt it knows it answers with one tool call after another, as many as there
 * are results in the conversation already, and with the closing words after the last.
 */
export function registerScriptedModel(): vscode.Disposable {
  return vscode.lm.registerLanguageModelChatProvider('rehearsal', {
    provideLanguageModelChatInformation: () => [
      {
        id: 'script',
        name: 'Script',
        family: 'script',
        version: '1',
        maxInputTokens: 100_000,
        maxOutputTokens: 10_000,
        capabilities: { toolCalling: true },
      },
    ],
    provideLanguageModelChatResponse: (_model, messages, { tools = [] }, progress) => {
      const parts = messages.flatMap(({ content }) => content);
      const texts = parts.filter((part) => part instanceof vscode.LanguageModelTextPart);
      const results = parts.filter((part) => part instanceof vscode.LanguageModelToolResultPart);
      const scene = script.find(({ prompt }) => prompt === texts[0]?.value.trim());
      if (scene === undefined) throw new Error('This prompt is not in the script.');
      const call = scene.calls[results.length];
      if (call === undefined) {
        progress.report(new vscode.LanguageModelTextPart(scene.closing));
        return;
      }
      const tool = tools.find(({ name }) => name.endsWith(`_${call.tool}`));
      if (tool === undefined) throw new Error(`The editor has no tool ${call.tool}.`);
      if (call.say !== '') progress.report(new vscode.LanguageModelTextPart(`${call.say}\n\n`));
      progress.report(
        new vscode.LanguageModelToolCallPart(`call-${results.length}`, tool.name, call.arguments),
      );
    },
    provideTokenCount: (_model, text) => (typeof text === 'string' ? Math.ceil(text.length / 4) : 100),
  });
}
