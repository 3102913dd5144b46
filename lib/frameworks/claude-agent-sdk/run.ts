import { monotonic } from '../../bridge/time';
import { contentText } from '../../watch/content-text';
import { arrayOf, finiteNumber, isObject, nonEmptyString } from '../../watch/facts';
import type { Operation } from '../common';
import { MessageCall } from './message-call';
import { errorOfResult, metadataOf, providerOf } from './outcome';

/** Longer contents of errors are cut anyway. */
const MAX_ERROR_TEXT = 1000;
/** Messages that Claude Code has made itself, without a model. */
const SYNTHETIC = '<synthetic>';

/** The run of one agent: the main one, or a subagent. */
interface Agent {
  operation: Operation;
  call: MessageCall | undefined;
  /** What the next call gets. */
  input: unknown;
  /** When the next call begins. */
  since: number;
}

interface Tool {
  operation: Operation;
  /** The kind of subagent, if the tool starts one. */
  subagent: string | undefined;
}

/** Records one query: the messages that its consumer reads. */
export class QueryRun {
  readonly root: Operation;
  readonly #prompt: string | undefined;
  /** By the id of the tool that started the agent; the main agent has none. */
  readonly #agents = new Map<string | undefined, Agent>();
  readonly #tools = new Map<string, Tool>();
  readonly #hooks = new Map<string, Operation>();
  readonly #calls: MessageCall[] = [];
  /** Those of the main agent since the last result. */
  #turn: MessageCall[] = [];
  #toolNames: string[] | undefined;
  #model: unknown;
  #result: any;
  #isOver = false;

  constructor(root: Operation, prompt: string | undefined) {
    this.root = root;
    this.#prompt = prompt;
    this.#addAgent(undefined, root, prompt);
  }

  see(message: any): void {
    switch (message?.type) {
      case 'system':
        this.#seeSystem(message);
        break;
      case 'assistant':
        this.#seeAnswer(message);
        break;
      case 'stream_event':
        this.#seeEvent(message);
        break;
      case 'user':
        this.#seeInput(message);
        break;
      case 'result':
        this.#endTurn(message);
        break;
      default:
    }
  }

  #endTurn(result: any): void {
    this.#result = result;
    for (const agent of this.#agents.values()) this.#endCall(agent);
    const written = finiteNumber(result.usage?.output_tokens);
    if (written !== undefined) MessageCall.shareOut(this.#turn, written);
    this.#turn = [];
    this.#agentOf(undefined).since = monotonic();
  }

  interrupted(): void {
    this.root.addMetadata({ interrupted: true });
  }

  /** Ends the run: its consumer has read everything, or has left. */
  end(failure: { error?: unknown } = {}): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const agent of this.#agents.values()) this.#endCall(agent);
    const open = [...this.#agents.values(), ...this.#tools.values()].reverse();
    for (const { operation } of open) if (operation !== this.root) operation.end();
    for (const hook of this.#hooks.values()) hook.end();
    const { content } = this.root;
    const result = this.#result;
    if (!result) {
      this.root.end(failure);
      return;
    }
    this.#addUsage(result);
    this.root.addMetadata(metadataOf(result));
    const known = [this.#prompt, result.result, this.#agentOf(undefined).input];
    // After the result of a failed run, the SDK also throws an error that has its text.
    const error = errorOfResult(result, content.input && content.output, known) ?? failure.error;
    this.root.end({ output: result.result, ...(error !== undefined && { error }) });
  }

  #seeSystem(message: any): void {
    const { subtype, tool_use_id: toolId } = message;
    const tool = this.#tools.get(toolId);
    switch (subtype) {
      case 'init':
        this.#init(message);
        break;
      case 'api_retry':
        this.#failCall(message.error, message.error_status);
        break;
      case 'permission_denied':
        tool?.operation.addMetadata({ permission_denied: true });
        break;
      case 'task_started':
        if (tool && message.subagent_type) this.#agentOf(toolId);
        break;
      case 'task_notification':
        if (tool) this.#endAgent(toolId, message.status !== 'completed' && message.status);
        break;
      case 'hook_started':
        this.#hooks.set(
          message.hook_id,
          this.root.start({ action: 'hook', name: String(message.hook_name) }),
        );
        break;
      case 'hook_response':
        this.#endHook(message);
        break;
      default:
    }
  }

  #init({ session_id: session, model, tools, claude_code_version: version }: any): void {
    this.#model = model;
    this.#toolNames = arrayOf(tools).map(String);
    this.root.addMetadata({ session_id: session, model, claude_code_version: version });
    // What came before is the start of Claude Code.
    this.#agentOf(undefined).since = monotonic();
    // In a trace of the user, the session is what the user says.
    if (this.root.number !== undefined || !nonEmptyString(session)) return;
    this.root.frame.scope.overrides().tags.session_id = session;
  }

  #endHook({ hook_id: id, hook_event: event, outcome, exit_code: code, output }: any): void {
    const hook = this.#hooks.get(id);
    this.#hooks.delete(id);
    const failed = outcome === 'error' && {
      error: { errorType: 'HookError', message: `the hook has ended with code ${code}` },
    };
    const metadata = { hook_event: event, outcome, exit_code: code };
    hook?.end({ metadata, output: nonEmptyString(output), ...failed });
  }

  #seeAnswer({ message, parent_tool_use_id: parent, error }: any): void {
    if (!isObject(message)) return;
    if (message.model === SYNTHETIC) {
      const text = contentText(message.content, MAX_ERROR_TEXT);
      if (error) this.#failCall(error, undefined, text, parent);
      return;
    }
    const agent = this.#agentOf(parent);
    const call = this.#callOf(agent, message);
    for (const block of call.add(message)) this.#startTool(agent, block);
  }

  #seeEvent(message: any): void {
    const { event, parent_tool_use_id: parent } = message;
    const agent = this.#agentOf(parent);
    if (event?.type === 'message_start') this.#callOf(agent, event.message).add(event.message);
    else if (event) agent.call?.addEvent(message);
  }

  #seeInput({ message, parent_tool_use_id: parent, tool_use_result: details }: any): void {
    const agent = this.#agentOf(parent);
    agent.since = monotonic();
    agent.input = [message];
    for (const block of arrayOf(message?.content)) {
      if (block?.type === 'tool_result') this.#endTool(block, details);
    }
  }

  /** Returns the call that a message belongs to. */
  #callOf(agent: Agent, { id, model }: any): MessageCall {
    if (agent.call && agent.call.id === id) return agent.call;
    this.#endCall(agent);
    const { operation, input, since } = agent;
    const toolNames = agent.operation === this.root ? this.#toolNames : undefined;
    agent.call = new MessageCall(String(id), { agent: operation, model, toolNames, input, since });
    this.#calls.push(agent.call);
    if (operation === this.root) this.#turn.push(agent.call);
    return agent.call;
  }

  #endCall(agent: Agent): void {
    if (!agent.call) return;
    agent.since = Math.max(agent.since, agent.call.lastAt);
    agent.call.end();
    agent.call = undefined;
  }

  /** Records a request to the model that has failed. */
  #failCall(type: unknown, status?: unknown, text?: string, parent?: string): void {
    const agent = this.#agentOf(parent);
    this.#endCall(agent);
    const facts = { provider: 'anthropic', model: nonEmptyString(this.#model) };
    const call = agent.operation.startCall(facts);
    const error = { errorType: String(type ?? 'unknown'), message: text || String(type) };
    call.end({
      facts: { httpStatus: finiteNumber(status) },
      error,
      durationMs: monotonic() - agent.since,
    });
    agent.since = monotonic();
  }

  #startTool({ operation: agent }: Agent, { id, name, input }: any): void {
    const operation = agent.start({ action: 'tool_call', name, input, toolCallId: id });
    this.#tools.set(id, { operation, subagent: nonEmptyString(input?.subagent_type) });
  }

  #endTool({ tool_use_id: id, content, is_error: isError }: any, details: any): void {
    const tool = this.#tools.get(id);
    if (!tool) return;
    // A subagent in the background goes on after the result of its tool.
    if (details?.status !== 'async_launched') this.#endAgent(id, isError === true && 'failed');
    const failed = isError === true && { error: toolError(tool.operation, content) };
    tool.operation.end({ output: content, ...failed });
  }

  #endAgent(id: string, failed: unknown): void {
    const agent = this.#agents.get(id);
    if (!agent) return;
    this.#endCall(agent);
    const error = { errorType: 'AgentError', message: `the subagent has ended as ${failed}` };
    agent.operation.end(failed ? { error } : {});
  }

  /** @param id of the tool that has started the agent */
  #agentOf(id: string | null | undefined): Agent {
    const found = this.#agents.get(id ?? undefined);
    if (found) return found;
    const tool = this.#tools.get(id as string);
    const name = tool?.subagent ?? 'subagent';
    const operation = (tool?.operation ?? this.root).start({ action: 'agent', name });
    return this.#addAgent(id as string, operation, undefined);
  }

  #addAgent(id: string | undefined, operation: Operation, input: unknown): Agent {
    const agent = { operation, input, call: undefined, since: monotonic() };
    this.#agents.set(id, agent);
    return agent;
  }

  /** The result has the cost of all calls, also of those that are not messages. */
  #addUsage({ total_cost_usd: cost, modelUsage }: any): void {
    const reported = finiteNumber(cost);
    if (reported !== undefined) this.root.addCost(reported);
    for (const { call, model } of this.#calls) {
      if (reported !== undefined) call.payByRun();
      const provider = model && isObject(modelUsage) && providerOf(modelUsage[model]);
      if (provider) call.update({ provider });
    }
  }
}

/** The text of an error is what the tool has returned, which is content. */
function toolError({ content: { output } }: Operation, content: unknown) {
  const text = output ? contentText(content, MAX_ERROR_TEXT) : '';
  return { errorType: 'ToolError', message: text || 'the tool has returned an error' };
}
