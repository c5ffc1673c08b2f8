@echo off
rem Double-click: makes the Python environment of shikaku and an icon on the desktop.
rem This file is in the code page of Japanese Windows (932), which cmd.exe reads it in.
setlocal
title 資格確認 セットアップ
cd /d "%~dp0.."
set "PYTHON="
for %%P in ("py -3" "python") do if not defined PYTHON (
  %%~P -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul && set "PYTHON=%%~P"
)
if not defined PYTHON (
  echo Python 3.11以上が見つかりません。
  echo https://www.python.org/downloads/ から入れて、このファイルをもう一度ダブルクリックしてください。
  pause
  exit /b 2
)
set "HOME_OF=%LOCALAPPDATA%\shikaku\env"
echo 準備しています。数分かかります...
%PYTHON% -m venv "%HOME_OF%" || goto failed
rem A package of one person may be gone from PyPI one day: the product is of use without it.
"%HOME_OF%\Scripts\python.exe" -m pip install --quiet --disable-pip-version-check --upgrade ".[app,fonts]" || "%HOME_OF%\Scripts\python.exe" addin\setup_without.py || goto failed
"%HOME_OF%\Scripts\python.exe" -m shikaku app --shortcut || goto failed
echo できました。デスクトップの「資格確認」をダブルクリックしてください。
pause
exit /b 0
:failed
echo できませんでした。上に出た文を、社内の担当の方に見せてください。
pause
exit /b 2
