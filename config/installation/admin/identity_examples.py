"""How a website's own server signs who its visitor is (DG-19): the same few lines in three languages.

Tests run what can be run here and read the tokens as the product does.
"""

from dataclasses import dataclass

PYTHON = """\
import base64, hashlib, hmac, json, os, time

def sign_visitor(user_id, email):
    def part(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")
    claims = {"sub": user_id, "email": email, "exp": int(time.time()) + 600}
    head = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    text = head + b"." + part(json.dumps(claims).encode())
    secret = os.environ["SWITCHBOARD_SECRET"].encode()
    return (text + b"." + part(hmac.new(secret, text, hashlib.sha256).digest())).decode()
"""
PHP = """\
<?php
function sign_visitor(string $userId, string $email): string {
    $part = fn(string $data) => rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
    $claims = ['sub' => $userId, 'email' => $email, 'exp' => time() + 600];
    $text = $part(json_encode(['alg' => 'HS256', 'typ' => 'JWT'])) . '.' . $part(json_encode($claims));
    return $text . '.' . $part(hash_hmac('sha256', $text, getenv('SWITCHBOARD_SECRET'), true));
}
"""
NODE = """\
const { createHmac } = require("node:crypto");

function signVisitor(userId, email) {
  const part = (data) => Buffer.from(data).toString("base64url");
  const claims = { sub: userId, email, exp: Math.floor(Date.now() / 1000) + 600 };
  const text = `${part(JSON.stringify({ alg: "HS256", typ: "JWT" }))}.${part(JSON.stringify(claims))}`;
  return `${text}.${createHmac("sha256", process.env.SWITCHBOARD_SECRET).update(text).digest("base64url")}`;
}
"""


@dataclass(frozen=True)
class Example:
    """The same in one language."""

    language: str
    code: str


def list_examples() -> list[Example]:
    return [Example("Python", PYTHON), Example("PHP", PHP), Example("Node.js", NODE)]
