import * as vscode from 'vscode';

/** What an agent does: asks the model, calls the tools it names, gives it their results, until it has only words. */
export const playAgent: vscode.ChatRequestHandler = async (request, _context, stream, token) => {
  const [model] = await vscode.lm.selectChatModels({ vendor: 'rehearsal' });
  if (model === undefined) throw new Error('The scripted model is not there.');
  const tools = vscode.lm.tools.filter(({ name }) => name.includes('avatar'));
  const messages = [vscode.LanguageModelChatMessage.User(request.prompt)];
  for (;;) {
    const answer = await model.sendRequest(messages, { tools: [...tools] }, token);
    const calls: vscode.LanguageModelToolCallPart[] = [];
    for await (const part of answer.stream) {
      if (part instanceof vscode.LanguageModelTextPart) stream.markdown(part.value);
      if (part instanceof vscode.LanguageModelToolCallPart) calls.push(part);
    }
    if (calls.length === 0) return {};
    messages.push(vscode.LanguageModelChatMessage.Assistant(calls));
    for (const { callId, name, input } of calls) {
      const { toolInvocationToken } = request;
      const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken }, token);
      const result = new vscode.LanguageModelToolResultPart(callId, content);
      messages.push(vscode.LanguageModelChatMessage.User([result]));
    }
  }
};
