"""The filters of expressions: each is one definition, from which its check, its documentation and its test follow."""
