/** Test only: runs what the tests send where the editor's API is, and plays an agent. */
import { connect } from 'node:net';
import { runInThisContext } from 'node:vm';
import * as vscode from 'vscode';
import { createMessageConnection, SocketMessageReader, SocketMessageWriter } from 'vscode-jsonrpc/node';
import { playAgent } from './agent.ts';
import { registerScriptedModel } from './model.ts';
import { socketVariable, type Evaluation } from './protocol.ts';

type Evaluated = (api: typeof vscode, arg: unknown) => unknown;

export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.chat.createChatParticipant('rehearsal.agent', playAgent),
    registerScriptedModel(),
    takeOrders(),
  );
}

function takeOrders(): vscode.Disposable {
  const socket = connect(process.env[socketVariable] ?? '');
  const connection = createMessageConnection(
    new SocketMessageReader(socket),
    new SocketMessageWriter(socket),
  );
  connection.onRequest('evaluate', async ({ source, arg }: Evaluation) => {
    const evaluated = runInThisContext(`(${source})`) as Evaluated;
    return (await evaluated(vscode, arg)) ?? null;
  });
  connection.listen();
  return new vscode.Disposable(() => connection.dispose());
}
