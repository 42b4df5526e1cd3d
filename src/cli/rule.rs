//! `rule`: set, list and delete rules of a running sandbox.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::{Map, Value, json};

use crate::config::Flags;
use crate::terminal::{Client, UNUSABLE, print_answer, print_error};

#[derive(Args)]
pub(super) struct RuleArgs {
    #[command(subcommand)]
    command: RuleCommand,
    /// Session of the rule; the default one if left out
    #[arg(long, global = true, value_name = "NAME")]
    session: Option<String>,
}

#[derive(Subcommand)]
enum RuleCommand {
    /// Set a rule, and print it with its id
    ///
    /// For example: innkreving-sandbox rule add --when endpoint=krav party=310478717 --then error=KB-002 --times 2
    Add(Box<AddArgs>),
    /// Print the rules as JSON, oldest first, with the number of calls that each has matched
    List,
    /// Delete one rule by its id, or all rules
    Delete {
        /// Id of the rule, as add and list print it
        #[arg(required_unless_present = "all")]
        id: Option<String>,
        /// Delete all rules of the session
        #[arg(long, conflicts_with = "id")]
        all: bool,
    },
}

#[derive(Args)]
struct AddArgs {
    /// Calls that the rule matches: service=…, endpoint=…, party=…, package=…, client=…; all calls if left out
    #[arg(long, num_args = 1.., value_name = "KEY=VALUE", value_parser = pair)]
    when: Vec<(String, String)>,
    /// What happens to these calls: error=…, delay=…, fault=…, drift=…, edition=…, now=…, party=…
    #[arg(long, num_args = 1.., value_name = "KEY=VALUE", value_parser = pair, required_unless_present = "sequence")]
    then: Vec<(String, String)>,
    /// What happens to one call after the other: an error code for each, or ok for the normal answer
    #[arg(long, num_args = 1.., value_name = "STEP", conflicts_with = "then")]
    sequence: Vec<String>,
    /// How many calls the rule matches; with a sequence, how many times the sequence is run
    #[arg(long, value_name = "NUMBER")]
    times: Option<u32>,
    /// Probability that the rule matches a call, up to 1
    #[arg(long, value_name = "NUMBER")]
    probability: Option<f64>,
    /// Seed of the random values of the rule
    #[arg(long, value_name = "NUMBER")]
    rule_seed: Option<u64>,
    /// How long until the rule is deleted, for example 10min
    #[arg(long, value_name = "LENGTH")]
    expires: Option<String>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("write key=value")?;
    Ok((key.to_owned(), value.to_owned()))
}

/// The first key that is given twice.
fn repeated_key(add: &AddArgs) -> Option<&str> {
    let is_repeated =
        |pairs: &'_ [(String, String)], at: usize| pairs[..at].iter().any(|(earlier, _)| *earlier == pairs[at].0);
    let first = |pairs: &'_ [(String, String)]| (0..pairs.len()).find(|at| is_repeated(pairs, *at));
    first(&add.when).map(|at| &*add.when[at].0).or_else(|| first(&add.then).map(|at| &*add.then[at].0))
}

pub(super) fn run(args: &RuleArgs, flags: &Flags) -> ExitCode {
    if let RuleCommand::Add(add) = &args.command
        && let Some(key) = repeated_key(add)
    {
        print_error(&format!("{key} is given more than once"));
        return ExitCode::from(UNUSABLE);
    }
    let client = Client::new(flags, args.session.as_deref());
    let answer = match &args.command {
        RuleCommand::Add(add) => client.json(Method::POST, "/sandbox/rules", Some(&rule_document(add))),
        RuleCommand::List => client.json(Method::GET, "/sandbox/rules", None),
        RuleCommand::Delete { id: Some(id), .. } => {
            let id = percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC);
            client.json(Method::DELETE, &format!("/sandbox/rules/{id}"), None)
        }
        RuleCommand::Delete { id: None, .. } => client.json(Method::DELETE, "/sandbox/rules", None),
    };
    print_answer(answer)
}

/// The rule as a document of the control API.
fn rule_document(add: &AddArgs) -> Value {
    let object = |pairs: &[(String, String)]| {
        pairs.iter().map(|(key, value)| (key.clone(), json!(value))).collect::<Map<_, _>>()
    };
    let then = if add.sequence.is_empty() { object(&add.then).into() } else { json!({ "sequence": add.sequence }) };
    let mut rule = Map::from_iter([("when".to_owned(), object(&add.when).into()), ("then".to_owned(), then)]);
    let settings = [
        ("times", add.times.map(Value::from)),
        ("probability", add.probability.map(Value::from)),
        ("seed", add.rule_seed.map(Value::from)),
        ("expires", add.expires.clone().map(Value::from)),
    ];
    rule.extend(settings.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
    rule.into()
}
