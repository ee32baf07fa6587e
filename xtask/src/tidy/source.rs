//! A text with its name, and the little of Rust's grammar that the checks need.

/// One file of the project.
#[derive(Debug)]
pub struct Source {
    /// Its path in the checkout, with slashes.
    pub path: String,
    /// All of it.
    pub text: String,
    /// The same without comments, on the same lines; only Rust is cleared so.
    pub code: String,
}

impl Source {
    /// A file by its path and text.
    pub fn new(path: &str, text: String) -> Self {
        let code = if path.ends_with(".rs") { without_comments(&text) } else { text.clone() };
        Self { path: path.to_owned(), text, code }
    }

    /// Whether this is Rust below `folder`.
    pub fn is_rust_in(&self, folder: &str) -> bool {
        self.path.ends_with(".rs") && self.path.starts_with(folder)
    }

    /// The code without the modules of unit tests, on the same lines.
    pub fn code_without_tests(&self) -> String {
        let mut code = self.code.clone().into_bytes();
        for (start, _) in self.code.match_indices("#[cfg(") {
            let end = closing(&self.code, start + 1);
            let condition = &self.code[start + "#[cfg(".len()..end];
            let rest = &self.code[end..];
            let is_tests = condition.split(|c: char| !c.is_alphanumeric()).any(|word| word == "test")
                && rest.trim_start().starts_with("mod ");
            // A module in a file of its own ends with a semicolon, and is not here.
            if let Some(offset) = rest.find(['{', ';']).filter(|&at| is_tests && rest[at..].starts_with('{')) {
                blank(&mut code[start..closing(&self.code, end + offset)]);
            }
        }
        String::from_utf8(code).unwrap_or_else(|_| self.code.clone())
    }

    /// The number of the line that `offset` of the code is on.
    pub fn line_of(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }

    /// Where `word` stands in the code as a word or path of its own: `sea_orm` is not in `sea_orm_macros`.
    pub fn find_word(&self, word: &str) -> Vec<usize> {
        let is_part = |c: char| c.is_alphanumeric() || c == '_';
        let places = self.code.match_indices(word).map(|(offset, _)| offset);
        places
            .filter(|&offset| {
                let before = self.code[..offset].chars().next_back();
                let after = self.code[offset + word.len()..].chars().next();
                let starts = !word.starts_with(is_part) || !before.is_some_and(is_part);
                let ends = !word.ends_with(is_part) || !after.is_some_and(is_part);
                starts && ends
            })
            .collect()
    }
}

/// Puts spaces where the comments are. Strings stay, with whatever looks like a comment in them.
fn without_comments(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes[at..].starts_with(b"//") => {
                let end = bytes[at..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |length| at + length);
                blank(&mut code[at..end]);
                end
            }
            b'/' if bytes[at..].starts_with(b"/*") => {
                let end = end_of_block_comment(bytes, at);
                blank(&mut code[at..end]);
                end
            }
            b'"' => end_of_string(bytes, at),
            b'r' if is_raw_string(bytes, at) => end_of_raw_string(bytes, at),
            b'\'' => end_of_character(bytes, at),
            _ => at + 1,
        };
        at = end.max(at + 1);
    }
    // Only whole comments were overwritten, with ASCII.
    String::from_utf8(code).unwrap_or_else(|_| text.to_owned())
}

fn blank(bytes: &mut [u8]) {
    for byte in bytes {
        if *byte != b'\n' {
            *byte = b' ';
        }
    }
}

fn end_of_block_comment(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut at = start;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn is_raw_string(bytes: &[u8], at: usize) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let own_word =
        at == 0 || !is_part(bytes[at - 1]) || (bytes[at - 1] == b'b' && (at == 1 || !is_part(bytes[at - 2])));
    let hashes = bytes[at + 1..].iter().take_while(|&&b| b == b'#').count();
    own_word && bytes.get(at + 1 + hashes) == Some(&b'"')
}

fn end_of_raw_string(bytes: &[u8], start: usize) -> usize {
    let hashes = bytes[start + 1..].iter().take_while(|&&b| b == b'#').count();
    let mut closing = vec![b'"'];
    closing.extend(std::iter::repeat_n(b'#', hashes));
    let from = start + 2 + hashes;
    let length = bytes[from..].windows(closing.len()).position(|window| window == closing);
    length.map_or(bytes.len(), |length| from + length + closing.len())
}

/// A character like `'"'`, whose quote opens no string; a lifetime is no character and ends at once.
fn end_of_character(bytes: &[u8], start: usize) -> usize {
    if bytes.get(start + 1) == Some(&b'\\') {
        let from = (start + 3).min(bytes.len());
        return bytes[from..].iter().position(|&b| b == b'\'').map_or(bytes.len(), |length| from + length + 1);
    }
    // A character takes one to four bytes.
    (start + 2..=start + 5).find(|&end| bytes.get(end) == Some(&b'\'')).map_or(start + 1, |end| {
        let is_one = std::str::from_utf8(&bytes[start + 1..end]).is_ok_and(|inside| inside.chars().count() == 1);
        if is_one { end + 1 } else { start + 1 }
    })
}

/// The offset behind the bracket that closes the one at `open`. Brackets in strings are not brackets.
pub fn closing(code: &str, open: usize) -> usize {
    let bytes = code.as_bytes();
    let mut depth = 0_i32;
    let mut at = open;
    while at < bytes.len() {
        at = match bytes[at] {
            b'"' => end_of_string(bytes, at),
            b'r' if is_raw_string(bytes, at) => end_of_raw_string(bytes, at),
            b'\'' => end_of_character(bytes, at),
            byte => {
                depth += i32::from(matches!(byte, b'(' | b'[' | b'{')) - i32::from(matches!(byte, b')' | b']' | b'}'));
                if depth == 0 {
                    return at + 1;
                }
                at + 1
            }
        };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_go_and_lines_stay() {
        let text = "a // one\n/* two /* nested */ \"*/ b \"// no comment\" 'c' '\"' // three\nr#\"// \"raw\" /* \"# d<'a> /* ë */";
        let code = without_comments(text);
        assert_eq!(code.lines().count(), text.lines().count());
        for gone in ["one", "two", "nested", "three", "ë"] {
            assert!(!code.contains(gone), "{gone} in {code}");
        }
        for stays in ["a ", " b ", "// no comment", "// \"raw\" /* ", "d<'a>"] {
            assert!(code.contains(stays), "{stays} not in {code}");
        }
    }

    #[test]
    fn words_are_whole() {
        let source =
            Source::new("a.rs", "use sea_orm::X; use sea_orm_macros; fn not_sea_orm() {} // sea_orm".to_owned());
        assert_eq!(source.find_word("sea_orm"), [4]);
        assert_eq!(source.find_word("sea_orm::"), [4]);
    }

    #[test]
    fn unit_tests_can_be_left_out() {
        let text = "a\n#[cfg(all(test, x))]\nmod tests {\n  b { \"}\" }\n}\nc\n#[cfg(test)]\nmod elsewhere;";
        let source = Source::new("a.rs", text.to_owned());
        let words: Vec<_> = source.code_without_tests().split_whitespace().map(str::to_owned).collect();
        assert_eq!(words[..2], ["a", "c"]);
    }

    #[test]
    fn brackets_are_matched() {
        let code = "#[server(name = \"]\", x('}'))] fn f() { { \"}\" } } after";
        assert_eq!(&code[..closing(code, 1)], "#[server(name = \"]\", x('}'))]");
        let open = code.find(" { {").unwrap() + 1;
        assert_eq!(&code[closing(code, open)..], " after");
    }
}
