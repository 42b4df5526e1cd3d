//! Reads each answer into the generated structs, and writes it again.
use std::fs;

fn again<T: serde::de::DeserializeOwned + serde::Serialize>(text: &str) -> Result<String, serde_json::Error> {
    serde_json::to_string(&serde_json::from_str::<T>(text)?)
}

fn main() {
    let jobs = fs::read_to_string(std::env::args().nth(1).expect("a list of jobs")).expect("the list of jobs");
    for line in jobs.lines() {
        let job: Vec<&str> = line.split('\t').collect();
        let text = fs::read_to_string(job[0]).expect("an answer");
        let result = match (job[2], job[3]) {
            // MODELS
            _ => Err(format!("the client has no model {}", job[3])),
        };
        match result {
            Ok(text) => fs::write(job[1], text),
            Err(why) => fs::write(format!("{}.error", job[1]), why),
        }
        .expect("the result");
    }
}
