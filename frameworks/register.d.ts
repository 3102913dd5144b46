/**
 * Traces what a program loads, without a change of the program: `node --import infinium-o2/register app.js`.
 *
 * It makes a client from the environment (`INFINIUM_AGENT_ID`, `INFINIUM_AGENT_SECRET` and the other variables of the
 * options of a client). Clients of all providers that `watch` knows, and runs of the AI SDK 7, LangChain, LangGraph and
 * the OpenAI Agents SDK, are recorded; each outermost call or run becomes a trace. `INFINIUM_CAPTURE_CONTENT=1` also
 * records what goes in and comes out. Without credentials it says so in one line, and the program runs as before.
 */
export {};
