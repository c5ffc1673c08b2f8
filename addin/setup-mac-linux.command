#!/bin/sh
# Double-click: makes the Python environment of shikaku and an icon on the desktop.
cd "$(dirname "$0")/.." || exit 2
failed() {
  echo "できませんでした。上に出た文を、社内の担当の方に見せてください。"
  exit 2
}
python=
for name in python3.14 python3.13 python3.12 python3.11 python3; do
  if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$name
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11以上が見つかりません。"
  echo "https://www.python.org/downloads/ から入れて、このファイルをもう一度ダブルクリックしてください。"
  exit 2
fi
home="${XDG_DATA_HOME:-$HOME/.local/share}/shikaku/env"
[ "$(uname)" = Darwin ] && home="$HOME/Library/Application Support/shikaku/env"
echo "準備しています。数分かかります…"
"$python" -m venv "$home" || failed
# A package of one person may be gone from PyPI one day: the product is of use without it.
"$home/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade '.[app,fonts]' ||
  "$home/bin/python" addin/setup_without.py || failed
"$home/bin/python" -m shikaku app --shortcut || failed
echo "できました。デスクトップの「資格確認」をダブルクリックしてください。"
