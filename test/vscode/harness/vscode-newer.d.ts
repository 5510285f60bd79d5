/** What the harness uses of VS Code 1.104 and later; the extension itself is checked against the version it declares. */
import 'vscode';

declare module 'vscode' {
  interface LanguageModelChatInformation {
    readonly id: string;
    readonly name: string;
    readonly family: string;
    readonly version: string;
    readonly maxInputTokens: number;
    readonly maxOutputTokens: number;
    readonly capabilities: { readonly toolCalling?: boolean };
  }
  interface LanguageModelChatRequestMessage {
    readonly content: readonly unknown[];
  }
  /** https://code.visualstudio.com/api/extension-guides/ai/language-model-chat-provider */
  interface LanguageModelChatProvider {
    provideLanguageModelChatInformation(): LanguageModelChatInformation[];
    provideLanguageModelChatResponse(
      model: LanguageModelChatInformation,
      messages: readonly LanguageModelChatRequestMessage[],
      options: { readonly tools?: readonly LanguageModelChatTool[] },
      progress: Progress<LanguageModelTextPart | LanguageModelToolCallPart>,
    ): void;
    provideTokenCount(model: LanguageModelChatInformation, text: unknown): number;
  }
  export namespace lm {
    function registerLanguageModelChatProvider(
      vendor: string,
      provider: LanguageModelChatProvider,
    ): Disposable;
  }
}
