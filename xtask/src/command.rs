//! Running other programs, and reading the words of a command line.

use anyhow::{Context as _, Result, bail};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Says what is going on, on standard error.
pub fn say(what: impl std::fmt::Display) {
    eprintln!("xtask: {what}");
}

/// Whether `program` is on the PATH, and where.
pub fn on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Runs it to its end; anything but success is an error that says what was run.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{} could not be started", shown(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", shown(command));
    }
    Ok(())
}

/// Runs it and returns what it wrote on standard output, without the last line end.
pub fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    if !output.status.success() {
        bail!("{} failed ({})", shown(command), output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned())
}

/// Runs it in silence; whether it succeeded.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// Runs it, shows every line that it writes, and hands the same lines over; whether it succeeded.
pub fn each_line(command: &mut Command, use_line: &mut dyn FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} could not be started", shown(command)))?;
    let (sender, receiver) = std::sync::mpsc::channel();
    let pipes: [Option<Box<dyn std::io::Read + Send>>; 2] =
        [child.stdout.take().map(|pipe| Box::new(pipe) as _), child.stderr.take().map(|pipe| Box::new(pipe) as _)];
    for pipe in pipes.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || {
            // A byte that is not UTF-8 is shown as a question mark, and stops nothing.
            let mut reader = BufReader::new(pipe);
            let mut line = Vec::new();
            while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
                if sender.send(String::from_utf8_lossy(&line).trim_end().to_owned()).is_err() {
                    break;
                }
                line.clear();
            }
        });
    }
    drop(sender);
    for line in receiver {
        println!("{line}");
        use_line(&line);
    }
    Ok(child.wait()?.success())
}

/// A command as one would type it.
fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Options of the form `--name value` and `--name`, and the words that are left.
#[derive(Debug)]
pub struct Words(Vec<String>);

impl Words {
    /// What came after the name of the command.
    pub const fn new(words: Vec<String>) -> Self {
        Self(words)
    }

    /// Takes `--name` out; whether it was there.
    pub fn flag(&mut self, name: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word.strip_prefix("--") != Some(name));
        self.0.len() < before
    }

    /// Takes `--name value` or `--name=value` out.
    pub fn value(&mut self, name: &str) -> Result<Option<String>> {
        let Some(place) = self.0.iter().position(|word| {
            word.strip_prefix("--")
                .is_some_and(|rest| rest == name || rest.strip_prefix(name).is_some_and(|r| r.starts_with('=')))
        }) else {
            return Ok(None);
        };
        let word = self.0.remove(place);
        if let Some((_, value)) = word.split_once('=') {
            return Ok(Some(value.to_owned()));
        }
        if place >= self.0.len() {
            bail!("--{name} needs a value");
        }
        Ok(Some(self.0.remove(place)))
    }

    /// Takes a number out, or `otherwise`.
    pub fn number(&mut self, name: &str, otherwise: u64) -> Result<u64> {
        match self.value(name)? {
            Some(value) => value.parse().with_context(|| format!("--{name} {value} is no number")),
            None => Ok(otherwise),
        }
    }

    /// What is left, of which none may look like an option.
    pub fn rest(self) -> Result<Vec<String>> {
        match self.0.iter().find(|word| word.starts_with("--")) {
            Some(word) => bail!("there is no option {word}"),
            None => Ok(self.0),
        }
    }

    /// Refuses whatever is left.
    pub fn end(self) -> Result<()> {
        match self.rest()?.first() {
            Some(word) => bail!("'{word}' is one word too many"),
            None => Ok(()),
        }
    }
}

/// Reads a file, naming it when that fails.
pub fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Words {
        Words::new(line.split_whitespace().map(str::to_owned).collect())
    }

    #[test]
    fn options_are_taken_out_in_any_order() {
        let mut given = words("deregister --no-browser --rows 12 --listen=127.0.0.1:1 pages");
        assert!(given.flag("no-browser") && !given.flag("no-browser"));
        assert_eq!(given.number("rows", 5).unwrap(), 12);
        assert_eq!(given.number("rows", 5).unwrap(), 5);
        assert_eq!(given.value("listen").unwrap().as_deref(), Some("127.0.0.1:1"));
        assert_eq!(given.rest().unwrap(), ["deregister", "pages"]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        assert!(words("--rows").number("rows", 1).is_err());
        assert!(words("--rows many").number("rows", 1).is_err());
        assert!(words("--colour").rest().is_err());
        assert!(words("stray").end().is_err());
    }

    #[test]
    fn lines_of_both_streams_are_handed_over() {
        let mut lines = Vec::new();
        let fine = each_line(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"]), &mut |line| {
            lines.push(line.to_owned());
        });
        lines.sort();
        assert_eq!((fine.unwrap(), lines), (false, vec!["err".to_owned(), "out".to_owned()]));
    }
}
