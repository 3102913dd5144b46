//! The text of `--help`.

pub(super) const HELP: &str = "\
See your agents at work: a local Infinium platform with a page that shows what arrives.

Usage: infinium-local [options]                  serve until Ctrl-C
       infinium-local run [options] -- PROGRAM   serve while a program runs, and send its traces here
       infinium-local clear [--db FILE]          delete all traces
       infinium-local export [--db FILE] [FILE]  write all traces as lines of JSON, to stdout or a file
       infinium-local import [--db FILE] FILE    read such lines, from a file or - for stdin
       infinium-local search [filters] [WORDS]   list traces, the newest first
       infinium-local tail [filters]             list traces as they arrive
       infinium-local show ID                    print a trace as Markdown; show last prints the newest
       infinium-local check --file RULES         fail if traces break rules (see the README of this program)
       infinium-local mcp [--db FILE]            the Model Context Protocol on stdin and stdout

Filters:
  --agent ID --model NAME --tool NAME --tag KEY:VALUE --session ID --outcome ok|failed
  --min-ms N --max-ms N --from DATE --to DATE
  --limit N                list at most N traces (search 50; tail 10, then all)
  --json                   one JSON object on each line; for show, the body of the trace
  --db FILE                read this file (default: the one in your data directory)
  --junit FILE             also write a JUnit file (check, and run with --check)

run also has:
  --check RULES            check the traces of the program when it has ended

Where to listen, and what to keep:
  --port N                 listen on this port, 0 for a free one (default 4213)
  --db FILE                keep the traces in this SQLite file (default: one in your data directory)
  --memory                 keep the traces in memory only
  --keep-days N            delete traces after N days (default 30)
  --keep-mb N              delete the oldest traces above N megabytes (default 2048; in memory 100)
  --json                   print one line of JSON when it is ready, as when stdout is not a terminal

Who may connect:
  --host ADDRESS           listen on this address (default 127.0.0.1)
  --allow-host NAME        accept requests whose Host is NAME, not only localhost and IP addresses; repeatable
  --token TOKEN            require this token for everything but traces; an address other than this machine's
                           gets a random one by default

For tests:
  --agent ID:SECRET        accept only this agent; repeat it for more agents (default any agent)
  --rate N                 accept N requests per second, and bursts of twice as many (default no limit)
  --interpret-after MS     interpret a trace after this time (default 1000)
  --prompts DIR            serve prompts from DIR/<id>/v<N>.md, with the key in DIR/<id>/key
  --fault JSON             inject one fault or a list of faults; may be repeated
  --faults FILE            inject the faults in this file; may be repeated

  -h, --help               print this help
  -V, --version            print the version
";
