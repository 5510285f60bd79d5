/** Test only: runs what the tests send where the editor's API is, and plays an agent. */
import { connect } from 'node:net';
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
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- what the tests send is what this is for
    const evaluated = new Function(`return (${source})`)() as Evaluated;
    return (await evaluated(vscode, arg)) ?? null;
  });
  connection.listen();
  return connection;
}
